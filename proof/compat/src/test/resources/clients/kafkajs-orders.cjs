// KafkaJS as an order service: transactions over two topics, a group of two with round robin and commits by hand, a dead letter queue,
// offsets in a transaction, and a producer that is fenced by its successor.
const { Kafka, CompressionTypes, CompressionCodecs, PartitionAssigners, logLevel } = require('kafkajs')
CompressionCodecs[CompressionTypes.LZ4] = new (require('kafkajs-lz4'))().codec

const [bootstrap, countText] = process.argv.slice(2)
const count = Number(countText)
// Of the client's retries: 'factor' is how far a pause is randomized, and with more than 1 it can be nothing or six times the last one.
const kafka = new Kafka({ clientId: 'order-service', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 30 } })
const PARTITIONS = 3
const done = new Map()          // order -> how often it was processed
const places = new Map()        // partition -> the offset behind the last record that was processed
const warm = new Set()

function check(holds, what) {
  if (!holds) throw new Error('expected that ' + what)
}

async function until(what, holds, limitMs = 30000) {
  const deadline = Date.now() + limitMs
  while (!await holds()) {
    check(Date.now() < deadline, what + ' within ' + limitMs + ' ms')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

const messages = (number, partition) => [{ key: 'customer-' + number % 7, value: JSON.stringify({ number }), partition,
  headers: { 'event-type': 'order-created', 'correlation-id': String(number) } }]

async function order(producer, number, abort, partition) {
  const transaction = await producer.transaction()
  await transaction.send({ topic: 'orders', compression: CompressionTypes.LZ4, messages: messages(number, partition) })
  await transaction.send({ topic: 'order-analytics', compression: CompressionTypes.LZ4, messages: messages(number, 0) })
  if (abort) await transaction.abort()
  else await transaction.commit()
}

// An order whose number ends with 7 cannot be processed: it goes to the dead letters.
async function process_(message, partition, dlq) {
  const { number } = JSON.parse(message.value.toString())
  check(message.headers['correlation-id'].toString() === String(number), 'the header is that of order ' + number)
  if (number < 0) warm.add(partition)
  else if (number % 10 === 7) await dlq.send({ topic: 'orders-dlq', messages: [{ key: message.key, value: message.value, headers: { error: 'cannot be processed' } }] })
  else done.set(number, (done.get(number) || 0) + 1)
  places.set(partition, Number(message.offset) + 1)
}

async function member(dlq, assigned) {
  const consumer = kafka.consumer({ groupId: 'order-processors', sessionTimeout: 30000, heartbeatInterval: 3000, maxWaitTimeInMs: 1000, partitionAssigners: [PartitionAssigners.roundRobin] })
  await consumer.connect()
  consumer.on(consumer.events.GROUP_JOIN, event => assigned(event.payload.memberAssignment.orders || []))
  await consumer.subscribe({ topic: 'orders', fromBeginning: false })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }) => {
      for (const message of batch.messages) {
        if (!isRunning() || isStale()) break
        await process_(message, batch.partition, dlq)
        resolveOffset(message.offset)
        await commitOffsetsIfNecessary({ topics: [{ topic: 'orders', partitions: [{ partition: batch.partition, offset: String(Number(message.offset) + 1) }] }] })
        await heartbeat()
      }
    }
  })
  return consumer
}

// The transaction before may not be complete yet; for records this client asks again by itself, for offsets it does not.
async function sendOffsets(transaction, offset) {
  await until('offsets are taken into the transaction', async () => {
    try {
      await transaction.sendOffsets({ consumerGroupId: 'order-processors', topics: [{ topic: 'orders', partitions: [{ partition: 0, offset }] }] })
      return true
    } catch (error) {
      if (error.type !== 'CONCURRENT_TRANSACTIONS') throw error
      return false
    }
  })
}

async function readAll(topic, expected) {
  const consumer = kafka.consumer({ groupId: 'readers-of-' + topic, maxWaitTimeInMs: 200 })
  const numbers = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => { numbers.push(JSON.parse(message.value.toString()).number) } })
  await until(topic + ' has ' + expected + ' records', () => numbers.filter(number => number >= 0).length >= expected)
  await consumer.disconnect()
  return numbers.filter(number => number >= 0).sort((a, b) => a - b)
}

async function main() {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: PARTITIONS }, { topic: 'order-analytics', numPartitions: 1 }, { topic: 'orders-dlq', numPartitions: 1 }], waitForLeaders: true })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 5, transactionalId: 'order-tx' })
  const dlq = kafka.producer()
  await Promise.all([producer.connect(), dlq.connect()])

  const has = [[], []]
  const members = await Promise.all([0, 1].map(i => member(dlq, partitions => { has[i] = partitions })))
  await until('the two share the partitions', () => has[0].length + has[1].length === PARTITIONS && has[0].length > 0 && has[1].length > 0)
  // A member that reads from the end may have found it later than it joined, so what comes first is only to be seen.
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await until('partition ' + partition + ' is read', async () => { await order(producer, -1, false, partition); return warm.has(partition) })
  }

  const expected = []
  for (let number = 0; number < count; number++) {
    if (number === Math.floor(count / 2)) {
      await members[1].disconnect()
      await until('the other has all', () => has[0].length === PARTITIONS)
    }
    const abort = number % 3 === 2
    await order(producer, number, abort)
    if (!abort) expected.push(number)
  }
  const processed = expected.filter(number => number % 10 !== 7)
  await until('all ' + processed.length + ' orders are processed, now ' + done.size, () => processed.every(number => done.has(number)))
  check([...done.keys()].every(number => !(number % 3 === 2)), 'no order is processed that was aborted')
  check([...done.values()].every(times => times === 1), 'every order is processed once')
  check(JSON.stringify(await readAll('orders-dlq', expected.length - processed.length)) === JSON.stringify(expected.filter(number => number % 10 === 7)), 'the dead letters are those that failed')
  check(JSON.stringify(await readAll('order-analytics', expected.length)) === JSON.stringify(expected), 'both topics have the same orders')
  const committed = await admin.fetchOffsets({ groupId: 'order-processors', topics: ['orders'] })
  for (const { partition, offset } of committed[0].partitions) check(Number(offset) === places.get(partition), 'partition ' + partition + ' is committed up to ' + places.get(partition) + ', not ' + offset)
  await members[0].disconnect()

  const transaction = await producer.transaction()
  await transaction.send({ topic: 'order-analytics', messages: messages(1000000, 0) })
  await sendOffsets(transaction, '1')
  await transaction.abort()
  check((await admin.fetchOffsets({ groupId: 'order-processors', topics: ['orders'] }))[0].partitions.find(each => each.partition === 0).offset === String(places.get(0)), 'an aborted transaction moves no offset')
  const again = await producer.transaction()
  await sendOffsets(again, '1')
  await again.commit()
  await until('a committed one does', async () => (await admin.fetchOffsets({ groupId: 'order-processors', topics: ['orders'] }))[0].partitions.find(each => each.partition === 0).offset === '1')

  const fenced = await producer.transaction()
  await fenced.send({ topic: 'orders', messages: messages(2000000, 0) })
  const successor = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: 'order-tx' })
  await successor.connect()
  await until('the successor owns the transactional id', async () => { try { await order(successor, -1, false, 0); return true } catch (error) { return false } })
  let refused = false
  try { await fenced.commit() } catch (error) { refused = true }
  check(refused, 'a fenced producer cannot commit')

  await Promise.all([successor.disconnect(), dlq.disconnect(), admin.disconnect()])
  console.log('OK')
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1) })
