// Does nothing, without ever sleeping. Ends with the process that started it.
process.on('disconnect', () => process.exit());

function idle() {
  const until = performance.now() + 5;
  while (performance.now() < until);
  setImmediate(idle);
}
idle();
