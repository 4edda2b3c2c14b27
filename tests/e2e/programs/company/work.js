// Files at once and one by one, workers, children in several ways, a signal, an end by an exception.
const fs = require('fs'), { execSync, spawn, spawnSync } = require('child_process'), { Worker } = require('worker_threads');
for (let i = 0; i < 200; i++) fs.appendFileSync('f' + i % 7, `line ${i}\n`);
console.log(fs.readdirSync('.').filter(n => n[0] == 'f').map(n => fs.statSync(n).size).join(' '));
console.log(execSync('echo sync').toString(), spawnSync('sh', ['-c', 'exit 3']).status);
process.on('exit', code => console.log('exit', code));
process.on('SIGUSR2', () => console.log('signal'));
(async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => fs.promises.writeFile(`g${i}`, 'x'.repeat(i * 1000))));
  const child = spawn('sort', ['-r']);
  child.stdin.end('a\nb\n');
  for await (const text of child.stdout) process.stdout.write(text);
  const said = await new Promise(done => new Worker("require('worker_threads').parentPort.postMessage(6 * 7)", { eval: true }).on('message', done));
  console.log(said);
  process.kill(process.pid, 'SIGUSR2');
  await new Promise(done => setTimeout(done, 100));
  throw new Error('the end');
})();
