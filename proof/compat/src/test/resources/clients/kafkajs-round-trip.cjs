// KafkaJS: produce with each codec, idempotent, consume in a group, commit, read the commit back.
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = require('kafkajs')
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')
CompressionCodecs[CompressionTypes.LZ4] = new (require('kafkajs-lz4'))().codec

const [bootstrap, topic, countText] = process.argv.slice(2)
const count = Number(countText)
const kafka = new Kafka({ clientId: 'order-service', brokers: [bootstrap], logLevel: logLevel.ERROR })
const codecs = [CompressionTypes.None, CompressionTypes.GZIP, CompressionTypes.Snappy, CompressionTypes.LZ4]

function check(holds, what) {
  if (!holds) throw new Error('expected that ' + what)
}

async function main() {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }], waitForLeaders: true })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 5 })
  await producer.connect()
  for (let i = 0; i < count; i += 100) {
    const messages = []
    for (let j = i; j < i + 100; j++) messages.push({ key: 'key-' + (j % 7), value: 'value-' + j, headers: { 'event-type': 'made', 'correlation-id': String(j) } })
    await producer.send({ topic, messages, acks: -1, compression: codecs[(i / 100) % codecs.length] })
  }
  await producer.disconnect()

  const consumer = kafka.consumer({ groupId: topic + '-readers', sessionTimeout: 30000, heartbeatInterval: 3000 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const lastOfKey = new Map()
  let seen = 0
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('only ' + seen + ' of ' + count + ' records came')), 30000).unref()
    consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
        for (const message of batch.messages) {
          const number = Number(message.value.toString().slice('value-'.length))
          const key = message.key.toString()
          if (lastOfKey.has(key) && lastOfKey.get(key) >= number) reject(new Error('order of ' + key))
          if (message.headers['correlation-id'].toString() !== String(number)) reject(new Error('header of ' + number))
          lastOfKey.set(key, number)
          resolveOffset(message.offset)
          seen++
        }
        await commitOffsetsIfNecessary(batch.partition === undefined ? undefined : { topics: [{ topic, partitions: [{ partition: batch.partition, offset: String(Number(batch.lastOffset()) + 1) }] }] })
        if (seen >= count) resolve()
      }
    }).catch(reject)
  })
  check(seen === count, 'all ' + count + ' records are read once, not ' + seen)
  const offsets = await admin.fetchOffsets({ groupId: topic + '-readers', topics: [topic] })
  const committed = offsets[0].partitions.reduce((sum, p) => sum + Math.max(0, Number(p.offset)), 0)
  check(committed === count, 'the commits add up to ' + count + ', not ' + committed)
  const groups = await admin.listGroups()
  check(groups.groups.some(g => g.groupId === topic + '-readers'), 'the group is listed')
  await consumer.disconnect()
  await admin.disconnect()
  console.log('OK')
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1) })
