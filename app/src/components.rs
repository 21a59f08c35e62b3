//! The parts every page of the console is made of. One file each; the looks are in `style/components`.
//!
//! A component here takes data and callbacks and knows no server function, no route but the shell's,
//! and no rule of the domain. All work without scripting as far as HTML reaches.
//!
//! The modules are public only because the functions that `#[component]` makes are not re-exported
//! with it; name the parts by `components::Button`.

pub mod api_call;
pub mod avatar;
pub mod button;
pub mod checkbox;
pub mod chip;
pub mod copy_button;
pub mod dialog;
pub mod drawer;
pub mod empty_state;
pub mod field;
pub mod icon;
pub mod mark;
pub mod notice;
pub mod page_header;
pub mod password_field;
pub mod rack;
pub mod search_field;
pub mod segmented;
pub mod select_field;
pub mod shell;
pub mod shortcuts;
pub mod skeleton;
pub mod sparkline;
pub mod status;
pub mod suggest_field;
pub mod tabs;
pub mod theme_switch;
pub mod toast;
pub mod when;

pub use api_call::{ApiCall, CodeBlock};
pub use avatar::Avatar;
pub use button::{Button, IconButton, LinkButton, Look, SubmitButton};
pub use checkbox::Checkbox;
pub use chip::{Chip, ChipCheck, ChipLink};
pub use copy_button::CopyButton;
pub use dialog::{Dialog, Dismiss};
pub use drawer::Drawer;
pub use empty_state::EmptyState;
pub use field::{TextArea, TextField};
pub use icon::Icon;
pub use mark::{Brand, Mark};
pub use notice::{Notice, Refusal, Tone};
pub use page_header::PageHeader;
pub use password_field::PasswordField;
pub use rack::Rack;
pub use search_field::SearchField;
pub use segmented::Segmented;
pub use select_field::SelectField;
pub use shell::Shell;
pub use skeleton::Skeleton;
pub use sparkline::Sparkline;
pub use status::{State, Status};
pub use suggest_field::SuggestField;
pub use tabs::{TabPanel, Tabs};
pub use toast::{ToastRegion, Toasts};
pub use when::{Now, When};
