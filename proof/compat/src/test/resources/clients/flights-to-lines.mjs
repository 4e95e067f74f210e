// US flights from vega-datasets as lines "origin<TAB>date,delay,distance,origin,destination".
// Arguments: how many rows (at most 3,000,000), the file to write.
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const [rowsText, target] = process.argv.slice(2)
const rows = Number(rowsText)
const file = await asyncBufferFromFile(new URL('node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url).pathname)
const out = createWriteStream(target)
for (let from = 0; from < rows; from += 100000) {
  const part = await parquetReadObjects({ file, compressors, rowStart: from, rowEnd: Math.min(rows, from + 100000) })
  let text = ''
  for (const r of part) text += `${r.origin}\t${r.date},${r.delay},${r.distance},${r.origin},${r.destination}\n`
  if (!out.write(text)) await once(out, 'drain')
}
out.end()
await once(out, 'finish')
