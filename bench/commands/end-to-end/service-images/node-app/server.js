const express = require('express');

const app = express();
let served = 0;

app.get('/health', (_, answer) => answer.json({ status: 'ok' }));
// The count makes the answers differ in length.
app.get('/items', (_, answer) => {
  served += 1;
  answer.json({ served, items: [1, 2, 3].map((id) => ({ id, name: `item ${id}` })) });
});

const port = Number(process.env.PORT ?? 3000);
app.listen(port, (error) => {
  if (error) throw error;
  process.stdout.write(`listening on ${port}\n`);
});
