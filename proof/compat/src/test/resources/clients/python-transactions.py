# confluent-kafka-python: a consume-transform-produce job of two members with cooperative rebalances, every third transaction aborted; then a
# static member that comes back, and a producer that is fenced by its successor.
import sys
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

bootstrap, count = sys.argv[1], int(sys.argv[2])
PARTITIONS = 4

admin = AdminClient({'bootstrap.servers': bootstrap})
for future in admin.create_topics([NewTopic(name, num_partitions=PARTITIONS, replication_factor=1) for name in ('py-in', 'py-out')]).values():
    future.result()

feeder = Producer({'bootstrap.servers': bootstrap, 'acks': 'all', 'enable.idempotence': True, 'compression.type': 'lz4', 'linger.ms': 10})
for i in range(count):
    feeder.produce('py-in', value=str(i), partition=i % PARTITIONS)
assert feeder.flush(timeout=30) == 0


def consumer(group, **more):
    settings = {'bootstrap.servers': bootstrap, 'group.id': group, 'auto.offset.reset': 'earliest', 'enable.auto.commit': False,
                'isolation.level': 'read_committed', 'heartbeat.interval.ms': 500}
    settings.update({key.replace('_', '.'): value for key, value in more.items()})
    return Consumer(settings)


class Member:
    def __init__(self, name):
        self.has = set()
        self.rounds = 0
        self.consumer = consumer('py-job', partition_assignment_strategy='cooperative-sticky', client_id=name)
        self.producer = Producer({'bootstrap.servers': bootstrap, 'transactional.id': 'py-' + name, 'linger.ms': 2})
        self.producer.init_transactions(30)
        self.consumer.subscribe(['py-in'], on_assign=self.assigned, on_revoke=self.revoked)

    def assigned(self, consumer, partitions):
        self.has.update(p.partition for p in partitions)
        consumer.incremental_assign(partitions)

    def revoked(self, consumer, partitions):
        self.has.difference_update(p.partition for p in partitions)
        consumer.incremental_unassign(partitions)

    def again(self, messages):
        self.producer.abort_transaction(30)
        for partition in self.has.intersection(m.partition() for m in messages):
            self.consumer.seek(TopicPartition('py-in', partition, min(m.offset() for m in messages if m.partition() == partition)))
        return 0

    # Returns how many records were committed.
    def turn(self):
        messages = [m for m in self.consumer.consume(25, 0.2) if m.error() is None and m.partition() in self.has]
        if not messages:
            return 0
        self.rounds += 1
        behind = {}
        for message in messages:
            behind[message.partition()] = message.offset() + 1
        self.producer.begin_transaction()
        try:
            for message in messages:
                self.producer.produce('py-out', value=message.value(), partition=message.partition())
            self.producer.send_offsets_to_transaction([TopicPartition('py-in', p, o) for p, o in behind.items()], self.consumer.consumer_group_metadata(), 30)
        except KafkaException as error:
            # The group has moved on since these records were read: who has the partitions now reads them again.
            assert error.args[0].txn_requires_abort(), error
            return self.again(messages)
        if self.rounds % 3 == 2:
            self.producer.flush(30)
            return self.again(messages)
        self.producer.commit_transaction(30)
        return len(messages)


def read(topic, isolation, expected):
    reader = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'py-reader', 'enable.auto.commit': False, 'isolation.level': isolation, 'enable.partition.eof': True})
    reader.assign([TopicPartition(topic, p, 0) for p in range(PARTITIONS)])
    values, ends = [], 0
    while ends < PARTITIONS:
        message = reader.poll(30)
        assert message is not None, 'nothing came for 30 s'
        if message.error() is None:
            values.append(message.value().decode())
        else:
            ends += 1
    reader.close()
    assert len(values) >= expected, '%s has %d records' % (topic, len(values))
    return values


first = Member('first')
done = first.turn()
while len(first.has) < PARTITIONS:
    done += first.turn()
second = Member('second')
while len(first.has) != PARTITIONS // 2 or len(second.has) != PARTITIONS // 2:
    done += first.turn() + second.turn()
while done < count:
    done += first.turn() + second.turn()
assert done == count, 'no record is taken twice'
values = read('py-out', 'read_committed', count)
assert sorted(values, key=int) == [str(i) for i in range(count)], 'every record is there exactly once'
assert len(read('py-out', 'read_uncommitted', count)) > count, 'without isolation what was aborted is there too'
second.consumer.close()
while len(first.has) < PARTITIONS:
    first.turn()
first.consumer.close()

# A static member that goes without a word and comes back has what it had, without a rebalance for the others.
anna, bob = consumer('py-static', group_instance_id='a', session_timeout_ms=30000), consumer('py-static', group_instance_id='b', session_timeout_ms=30000)
anna.subscribe(['py-in'])
bob.subscribe(['py-in'])
while len(anna.assignment()) != PARTITIONS // 2 or len(bob.assignment()) != PARTITIONS // 2:
    anna.poll(0.1)
    bob.poll(0.1)
had = sorted(p.partition for p in anna.assignment())
anna.close()
anna = consumer('py-static', group_instance_id='a', session_timeout_ms=30000)
anna.subscribe(['py-in'])
while not anna.assignment():
    anna.poll(0.1)
    bob.poll(0.1)
    assert len(bob.assignment()) == PARTITIONS // 2, 'the other is left alone'
assert sorted(p.partition for p in anna.assignment()) == had, 'what it had'
anna.close()
bob.close()

successor = Producer({'bootstrap.servers': bootstrap, 'transactional.id': 'py-first'})
first.producer.begin_transaction()
first.producer.produce('py-out', value='-1', partition=0)
first.producer.flush(30)
successor.init_transactions(30)
try:
    first.producer.commit_transaction(30)
    raise AssertionError('a fenced producer has committed')
except KafkaException as error:
    assert error.args[0].fatal(), error
successor.begin_transaction()
successor.produce('py-out', value='-2', partition=0)
successor.commit_transaction(30)
values = read('py-out', 'read_committed', count + 1)
assert '-2' in values and '-1' not in values, 'what the successor wrote counts'
print('OK')
