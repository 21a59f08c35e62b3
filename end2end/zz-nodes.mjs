import { chromium } from "@playwright/test";
import fs from "node:fs";
const U="http://127.0.0.1:4710"; const pw=/passphrase (\S+)/.exec(fs.readFileSync("/dev/shm/m10/d.err","utf8"))[1];
const b=await chromium.launch({executablePath:"/usr/bin/chromium",args:["--no-sandbox"]}); const p=await b.newPage({viewport:{width:1280,height:720}});
const r=await p.request.post(U+"/_fn/session.sign_in",{data:{fields:[["email","demo@example.com"],["passphrase",pw]]},headers:{origin:U}}); console.log(r.status());
await p.goto(U+"/access"); await p.locator(".sheet.live").waitFor({state:"attached"}); await p.waitForTimeout(500);
console.log(await p.evaluate(()=>{const q=s=>document.querySelectorAll(s).length;return {all:q("*"),frame:q(".frame *"),slots:q(".slot"),rows:q(".sheet .r"),c:q(".sheet .c"),w:q(".sheet .w"),head:q("head *"),body:q("body *"),svg:q("svg,svg *"),nav:q("nav *"),dots:q(".slot i"),options:q("option"), w2:q(".w *"), key:q(".key *"), toolbar:q("main *")-q(".frame *")}}));
await p.screenshot({path:"/tmp/m10.png"});
if(process.argv[2]){ const c=await p.context().newCDPSession(p); await c.send("Emulation.setCPUThrottlingRate",{rate:4}); await c.send("Profiler.enable"); await c.send("Profiler.setSamplingInterval",{interval:500}); await c.send("Profiler.start");
await p.evaluate(()=>new Promise(done=>{const f=document.querySelector(".frame");const w=f.scrollWidth-f.clientWidth,h=20000;const t0=performance.now();const step=n=>{const a=(n-t0)/6000;if(a>=1)return done();f.scrollTo(w*a,h*a);requestAnimationFrame(step)};requestAnimationFrame(step)}));
const {profile}=await c.send("Profiler.stop"); const self={}; const dt=profile.timeDeltas; const byId=Object.fromEntries(profile.nodes.map(n=>[n.id,n])); let tot=0; profile.samples.forEach((s,i)=>{const n=byId[s].callFrame; const k=n.functionName.slice(0,150)||"?"; self[k]=(self[k]||0)+dt[i]; tot+=dt[i]});
console.log(Object.entries(self).sort((a,b)=>b[1]-a[1]).slice(0,30).map(([k,v])=>(100*v/tot).toFixed(1)+" "+k).join("\n")); }
await b.close();
