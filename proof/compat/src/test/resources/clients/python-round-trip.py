# confluent-kafka-python: produce with idempotence and lz4, consume in a group, commit, read the commit back.
import sys
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

admin = AdminClient({'bootstrap.servers': bootstrap})
for future in admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)]).values():
    future.result()

acknowledged = []

def delivered(error, message):
    assert error is None, error
    acknowledged.append((message.partition(), message.offset()))

producer = Producer({'bootstrap.servers': bootstrap, 'acks': 'all', 'enable.idempotence': True,
                     'compression.type': 'lz4', 'batch.size': 65536, 'linger.ms': 10})
for i in range(count):
    producer.produce(topic, key='key-%d' % (i % 7), value='value-%d' % i, headers={'number': str(i)}, callback=delivered)
    producer.poll(0)
assert producer.flush(timeout=30) == 0
assert len(set(acknowledged)) == count, 'every record has an offset of its own'

consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': topic + '-readers', 'auto.offset.reset': 'earliest', 'enable.auto.commit': False})
consumer.subscribe([topic])
seen = {}
while sum(len(values) for values in seen.values()) < count:
    message = consumer.poll(30)
    assert message is not None, 'nothing came for 30 s'
    assert message.error() is None, message.error()
    assert dict(message.headers())['number'].decode() == message.value().decode()[len('value-'):]
    seen.setdefault(message.key(), []).append(int(message.value()[len('value-'):]))
for values in seen.values():
    assert values == sorted(values), 'the records of one key are in order'
assert sorted(v for values in seen.values() for v in values) == list(range(count))
consumer.commit(asynchronous=False)
committed = consumer.committed([TopicPartition(topic, p) for p in range(3)], timeout=10)
assert sum(max(position.offset, 0) for position in committed) == count, committed
consumer.close()
print('OK')
