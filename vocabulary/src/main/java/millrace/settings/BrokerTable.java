package millrace.settings;

/// The settings of brokers and controllers, one a line; the fields are explained in the description of this package.
/// Names, types, defaults, bounds, importance and update modes are those of Apache Kafka 4.4.0; the sentences are ours.
final class BrokerTable {
    private BrokerTable() {}

    static final String LINES = """
add.partitions.to.txn.retry.backoff.max.ms	INT	=100	[0,]	H	r		Longest pause in milliseconds before adding partitions to a transaction is tried again.
add.partitions.to.txn.retry.backoff.ms	INT	=20	[1,]	H	r		First pause in milliseconds before adding partitions to a transaction is tried again.
advertised.listeners	LIST	~	list	H	r		Addresses that clients and other brokers are told to use, where they differ from listeners.
alter.config.policy.class.name	CLASS	~		L	r		Plug-in class that may refuse changes of settings.
alter.log.dirs.replication.quota.window.num	INT	=11	[1,]	L	r		How many past windows count when moves between log directories are throttled.
alter.log.dirs.replication.quota.window.size.seconds	INT	=1	[1,]	L	r		Length in seconds of one window when moves between log directories are throttled.
authorizer.class.name	STRING	=		L	r		Class that decides who may do what; empty lets everybody do everything.
auto.create.topics.enable	BOOLEAN	=true		H	r		Whether asking for the metadata of a topic that does not exist creates it.
auto.leader.rebalance.enable	BOOLEAN	=true		H	r		Whether leadership returns by itself to the preferred (first) replica.
background.threads	INT	=10	[1,]	H	c		Threads for background work in Apache Kafka; kept for compatibility.
broker.heartbeat.interval.ms	INT	=2000		M	r		How often in milliseconds a broker tells the active controller that it is alive.
broker.id	INT	=-1		H	r		Former name of node.id.
broker.rack	STRING	~		M	r		Rack or availability zone of this broker; replicas of a partition are spread over racks.
broker.session.timeout.ms	INT	=9000		M	r		After this many milliseconds without a heartbeat the controller fences a broker.
client.quota.callback.class	CLASS	~		L	r		Plug-in class that decides which quota applies to a client.
compression.gzip.level	INT	=-1	-1|[1,9]	M	c		Level used where the broker compresses with gzip; -1 leaves the choice to the library.
compression.lz4.level	INT	=9	[1,17]	M	c		Level used where the broker compresses with lz4; higher is smaller and slower.
compression.type	STRING	=producer	{uncompressed|zstd|lz4|snappy|gzip|producer}	H	c		Codec in which batches rest on disk; producer keeps what the producer has sent.
compression.zstd.level	INT	=3	[-131072,22]	M	c		Level used where the broker compresses with zstd; higher is smaller and slower.
config.providers	LIST	=	list0	L	c		Names of providers that resolve ${provider:path:key} in other values.
connection.failed.authentication.delay.ms	INT	=100	[0,]	L	r		Milliseconds to wait before a connection that failed to authenticate is closed, which slows guessing.
connections.max.idle.ms	LONG	=600000		M	r		A connection without traffic for this many milliseconds is closed.
connections.max.reauth.ms	LONG	=0		M	r		Longest life in milliseconds of a SASL session before the client must authenticate again; 0 is for ever.
controlled.shutdown.enable	BOOLEAN	=true		M	r		Whether a stopping broker first hands over its leaderships.
controller.listener.names	LIST	!	list	H	r		Names of the listeners that controllers use, the first one for requests of brokers.
controller.performance.always.log.threshold.ms	LONG	=2000	[0,]	M	ri		A controller event that takes longer than this many milliseconds is always logged.
controller.performance.sample.period.ms	LONG	=60000	[100,]	M	ri		How often in milliseconds the controller summarises its event times.
controller.quorum.append.linger.ms	INT	=25	[0,]	M	r		How long in milliseconds the quorum leader collects records before it writes them.
controller.quorum.auto.join.enable	BOOLEAN	=false		L	r		Whether a controller joins the set of voters by itself.
controller.quorum.bootstrap.servers	LIST	=	hostports	H	r		Addresses (host:port) where nodes ask for the quorum's current members.
controller.quorum.election.backoff.max.ms	INT	=1000	[0,]	H	r		Longest random pause in milliseconds before a lost election is tried again.
controller.quorum.election.timeout.ms	INT	=1000	[0,]	H	r		How long in milliseconds a candidate waits for votes.
controller.quorum.fetch.max.bytes	INT	=1048576	[1,]	L	r		Most bytes that one fetch of the metadata log asks for.
controller.quorum.fetch.snapshot.max.bytes	INT	=1048576	[1,]	L	r		Most bytes that one fetch of a metadata snapshot asks for.
controller.quorum.fetch.timeout.ms	INT	=2000	[0,]	H	r		After this many milliseconds without word from the quorum's leader a voter stands for election.
controller.quorum.request.timeout.ms	INT	=2000	[0,]	M	r		How long in milliseconds a quorum member waits for an answer of another.
controller.quorum.retry.backoff.ms	INT	=20	[0,]	L	r		Pause in milliseconds before a quorum request is tried again.
controller.quorum.voters	LIST	=	voters	H	r		The fixed set of voters as id@host:port; empty where the set is kept in the log itself.
controller.quota.window.num	INT	=11	[1,]	L	r		How many past windows count for the quota on topic and partition changes.
controller.quota.window.size.seconds	INT	=1	[1,]	L	r		Length in seconds of one window of the quota on topic and partition changes.
controller.socket.timeout.ms	INT	=30000		M	r		How long in milliseconds a broker waits for the controller's answer.
cordoned.log.dirs	LIST	=	list0	M	b		Log directories that take no new partitions.
create.topic.policy.class.name	CLASS	~		L	r		Plug-in class that may refuse new topics.
default.replication.factor	INT	=1		M	r		Replicas of a topic that is created without saying how many.
delegation.token.expiry.check.interval.ms	LONG	=3600000	[1,]	L	r		How often in milliseconds expired delegation tokens are removed.
delegation.token.expiry.time.ms	LONG	=86400000	[1,]	M	r		Milliseconds after which a delegation token must be renewed.
delegation.token.max.lifetime.ms	LONG	=604800000	[1,]	M	r		Milliseconds after which a delegation token can no longer be renewed.
delegation.token.secret.key	PASSWORD	~		M	r		Secret that signs delegation tokens; the same on every node.
delete.records.purgatory.purge.interval.requests	INT	=1		M	r		Clean-up interval of Apache Kafka's waiting DeleteRecords requests; kept for compatibility.
delete.topic.enable	BOOLEAN	=true		H	r		Whether topics may be deleted.
early.start.listeners	LIST	~	list0	H	r		Listeners that accept connections before the broker is fully started.
errors.deadletterqueue.auto.create.topics.enable	BOOLEAN	=false		M	c		Whether a share group's dead-letter topic is created when it is missing.
errors.deadletterqueue.topic.name.prefix	STRING	=dlq.		M	c		How names of dead-letter topics must begin.
fetch.max.bytes	INT	=57671680	[1024,]	M	r		Most bytes that one answer to a fetch carries, unless its first batch alone is larger.
fetch.purgatory.purge.interval.requests	INT	=1000		M	r		Clean-up interval of Apache Kafka's waiting fetches; kept for compatibility.
follower.fetch.last.tiered.offset.enable	BOOLEAN	=false		M	c		Whether a new follower starts from the last offset in remote storage instead of the first local one.
follower.replication.throttled.rate	LONG	=9223372036854775807	[0,]	M	cd		Bytes a second that a follower fetches for throttled replicas.
group.consumer.assignment.interval.ms	INT	=1000	[0,]	M	c		Least milliseconds between two assignments of a consumer group.
group.consumer.assignor.offload.enable	BOOLEAN	=true		M	ci		Whether consumer group assignments are computed off the coordinator's own thread.
group.consumer.assignors	LIST	=uniform,range	list	M	r		Server-side assignors for consumer groups; the first is the default.
group.consumer.heartbeat.interval.ms	INT	=5000	[1,]	M	r		How often in milliseconds members of a consumer group are told to send heartbeats.
group.consumer.max.assignment.interval.ms	INT	=15000	[0,]	M	r		Greatest assignment interval in milliseconds that a consumer group may set.
group.consumer.max.heartbeat.interval.ms	INT	=15000	[1,]	M	r		Greatest heartbeat interval in milliseconds that a consumer group may set.
group.consumer.max.session.timeout.ms	INT	=60000	[1,]	M	r		Greatest session timeout in milliseconds that a consumer group may set.
group.consumer.max.size	INT	=2147483647	[1,]	M	r		Most members of one consumer group.
group.consumer.migration.policy	STRING	=bidirectional	~{BIDIRECTIONAL|DISABLED|DOWNGRADE|UPGRADE}	M	r		In which direction a group may change between the classic and the consumer protocol while it has members.
group.consumer.min.assignment.interval.ms	INT	=0	[0,]	M	r		Least assignment interval in milliseconds that a consumer group may set.
group.consumer.min.heartbeat.interval.ms	INT	=5000	[1,]	M	r		Least heartbeat interval in milliseconds that a consumer group may set.
group.consumer.min.session.timeout.ms	INT	=45000	[1,]	M	r		Least session timeout in milliseconds that a consumer group may set.
group.consumer.regex.refresh.interval.ms	INT	=600000	[10000,]	M	ri		How often in milliseconds topic patterns of consumer groups are matched again.
group.consumer.session.timeout.ms	INT	=45000	[1,]	M	r		After this many milliseconds without a heartbeat a member leaves its consumer group.
group.coordinator.append.linger.ms	INT	=-1	[-1,]	M	r		How long in milliseconds a group coordinator collects records before it writes them; -1 adapts to the load.
group.coordinator.background.threads	INT	=2	[1,]	H	r		Threads on which group coordinators compute assignments.
group.coordinator.cached.buffer.max.bytes	INT	=1048588	[524288,]	M	c		Largest write buffer in bytes that a group coordinator keeps for the next batch.
group.coordinator.rebalance.protocols	LIST	=classic,consumer,streams	list{classic|consumer|share|streams}	M	r		Group protocols that are offered to clients.
group.coordinator.threads	INT	=4	[1,]	H	r		Threads of Apache Kafka's group coordinators; here coordinators take turns on the event loops.
group.initial.rebalance.delay.ms	INT	=3000		M	r		How long in milliseconds the first rebalance of a new classic group waits for more members.
group.max.session.timeout.ms	INT	=1800000		M	r		Greatest session timeout in milliseconds that a member of a classic group may ask for.
group.max.size	INT	=2147483647	[1,]	M	r		Most members of one classic group.
group.min.session.timeout.ms	INT	=6000		M	r		Least session timeout in milliseconds that a member of a classic group may ask for.
group.share.assignment.interval.ms	INT	=1000	[0,]	M	c		Least milliseconds between two assignments of a share group.
group.share.assignor.offload.enable	BOOLEAN	=true		M	ci		Whether share group assignments are computed off the coordinator's own thread.
group.share.assignors	LIST	=simple	list	M	r		Assignors for share groups.
group.share.delivery.count.limit	INT	=5	[2,10]	M	r		How often a record is delivered to a share group before it counts as undeliverable.
group.share.dlq.manager.class.name	STRING	=org.apache.kafka.server.share.dlq.DefaultShareGroupDLQManager		M	ri		Class that writes undeliverable records of share groups.
group.share.heartbeat.interval.ms	INT	=5000	[1,]	M	r		How often in milliseconds members of a share group are told to send heartbeats.
group.share.initialize.retry.interval.ms	INT	=30000	[1,]	L	ri		Pause in milliseconds before a share group's state is initialised again.
group.share.max.assignment.interval.ms	INT	=15000	[0,]	M	r		Greatest assignment interval in milliseconds that a share group may set.
group.share.max.delivery.count.limit	INT	=10	[5,25]	M	r		Greatest delivery count limit that a share group may set.
group.share.max.heartbeat.interval.ms	INT	=15000	[1,]	M	r		Greatest heartbeat interval in milliseconds that a share group may set.
group.share.max.partition.max.record.locks	INT	=4000	[2000,10000]	M	r		Greatest number of locked records a partition that a share group may set.
group.share.max.record.lock.duration.ms	INT	=60000	[30000,3600000]	M	r		Greatest lock duration in milliseconds that a share group may set.
group.share.max.session.timeout.ms	INT	=60000	[1,]	M	r		Greatest session timeout in milliseconds that a share group may set.
group.share.max.share.sessions	INT	=2000	[1,]	M	r		Most share sessions that one broker keeps.
group.share.max.size	INT	=200	[1,1000]	M	r		Most members of one share group.
group.share.min.assignment.interval.ms	INT	=0	[0,]	M	r		Least assignment interval in milliseconds that a share group may set.
group.share.min.delivery.count.limit	INT	=2	[2,5]	M	r		Least delivery count limit that a share group may set.
group.share.min.heartbeat.interval.ms	INT	=5000	[1,]	M	r		Least heartbeat interval in milliseconds that a share group may set.
group.share.min.partition.max.record.locks	INT	=100	[100,2000]	M	r		Least number of locked records a partition that a share group may set.
group.share.min.record.lock.duration.ms	INT	=15000	[1000,30000]	M	r		Least lock duration in milliseconds that a share group may set.
group.share.min.session.timeout.ms	INT	=45000	[1,]	M	r		Least session timeout in milliseconds that a share group may set.
group.share.partition.max.record.locks	INT	=2000	[100,10000]	M	r		Most records of one partition that a share group may hold unacknowledged.
group.share.persister.class.name	STRING	=org.apache.kafka.server.share.persister.DefaultStatePersister		M	ri		Class that keeps the delivery state of share groups.
group.share.record.lock.duration.ms	INT	=30000	[1000,3600000]	M	r		How long in milliseconds a delivered record is reserved for one member of a share group.
group.share.session.timeout.ms	INT	=45000	[1,]	M	r		After this many milliseconds without a heartbeat a member leaves its share group.
group.streams.acceptable.recovery.lag	LONG	=10000	[0,]	M	ri		How many offsets a task's state may lag behind and still count as caught up.
group.streams.assignment.interval.ms	INT	=1000	[0,]	M	c		Least milliseconds between two assignments of a streams group.
group.streams.assignor.offload.enable	BOOLEAN	=true		M	ci		Whether streams group assignments are computed off the coordinator's own thread.
group.streams.assignors	LIST	=sticky	list	M	r		Assignors for streams groups; the first is the default.
group.streams.heartbeat.interval.ms	INT	=5000	[1,]	M	r		How often in milliseconds members of a streams group are told to send heartbeats.
group.streams.initial.rebalance.delay.ms	INT	=3000	[0,]	M	r		How long in milliseconds the first rebalance of a new streams group waits for more members.
group.streams.max.assignment.interval.ms	INT	=15000	[0,]	M	r		Greatest assignment interval in milliseconds that a streams group may set.
group.streams.max.heartbeat.interval.ms	INT	=15000	[1,]	M	r		Greatest heartbeat interval in milliseconds that a streams group may set.
group.streams.max.session.timeout.ms	INT	=60000	[1,]	M	r		Greatest session timeout in milliseconds that a streams group may set.
group.streams.max.size	INT	=2147483647	[1,]	M	r		Most members of one streams group.
group.streams.max.standby.replicas	INT	=2	[0,]	M	r		Greatest number of standby replicas that a streams group may set.
group.streams.max.warmup.replicas	INT	=20	[0,]	M	ri		Greatest number of warm-up replicas that a streams group may set.
group.streams.min.assignment.interval.ms	INT	=0	[0,]	M	r		Least assignment interval in milliseconds that a streams group may set.
group.streams.min.heartbeat.interval.ms	INT	=5000	[1,]	M	r		Least heartbeat interval in milliseconds that a streams group may set.
group.streams.min.session.timeout.ms	INT	=45000	[1,]	M	r		Least session timeout in milliseconds that a streams group may set.
group.streams.min.task.offset.interval.ms	INT	=15000	[1,]	M	ri		Least interval in milliseconds between reports of task offsets that a streams group may set.
group.streams.num.standby.replicas	INT	=0	[0,]	M	r		Standby copies of each stateful task.
group.streams.num.warmup.replicas	INT	=2	[0,]	M	ri		Most extra copies that warm up at the same time while tasks move.
group.streams.rack.aware.assignment.tags	LIST	=	list0	L	r		Client tags over which standby copies are spread.
group.streams.session.timeout.ms	INT	=45000	[1,]	M	r		After this many milliseconds without a heartbeat a member leaves its streams group.
group.streams.task.offset.interval.ms	INT	=60000	[1,]	M	ri		How often in milliseconds members report the offsets of their tasks.
group.streams.topology.description.plugin.class	CLASS	~		M	r		Plug-in class that keeps descriptions of streams topologies.
initial.broker.registration.timeout.ms	INT	=60000		M	r		How long in milliseconds a starting broker tries to register with the controllers before it gives up.
inter.broker.listener.name	STRING	~		M	r		Listener over which brokers talk to each other.
internal.metadata.delete.delay.millis	LONG	=60000		L	ri		Milliseconds before files of the metadata log that are no longer needed are removed.
internal.metadata.log.segment.bytes	INT	~		L	ri		Segment size of the metadata log in bytes, for tests.
internal.metadata.max.batch.size.in.bytes	INT	=8388608		L	ri		Largest batch in bytes of the metadata log, for tests.
kafka.metrics.polling.interval.secs	INT	=10	[1,]	L	r		How often in seconds metrics reporters of the older kind are asked.
kafka.metrics.reporters	LIST	=	list0	L	r		Metrics reporter classes of the older kind.
leader.imbalance.check.interval.seconds	LONG	=300	[1,]	H	r		How often in seconds the controller looks for leaderships that should return to preferred replicas.
leader.replication.throttled.rate	LONG	=9223372036854775807	[0,]	M	cd		Bytes a second that a leader sends for throttled replicas.
listener.security.protocol.map	STRING	=SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT		L	b		Which security protocol each listener name speaks.
listeners	LIST	=PLAINTEXT://:9092	list	H	b		Addresses on which this node accepts connections, as NAME://host:port.
log.cleaner.backoff.ms	LONG	=15000	[0,]	M	c		How long in milliseconds a cleaner rests when there is nothing to clean.
log.cleaner.dedupe.buffer.size	LONG	=134217728		M	c		Memory in bytes for the key maps of all cleaner threads together.
log.cleaner.delete.retention.ms	LONG	=86400000	[0,]	M	c		How long in milliseconds a deletion marker stays readable after compaction.
log.cleaner.enable	BOOLEAN	=true		M	r		Whether compaction runs at all.
log.cleaner.io.buffer.load.factor	DOUBLE	=0.9		M	c		How full the cleaner's key map may become; more keys a pass, more collisions.
log.cleaner.io.buffer.size	INT	=524288	[0,]	M	c		Memory in bytes for the read and write buffers of all cleaner threads together.
log.cleaner.io.max.bytes.per.second	DOUBLE	=1.7976931348623157E308		M	c		Most bytes a second that all cleaners together read and write.
log.cleaner.max.compaction.lag.ms	LONG	=9223372036854775807	[1,]	M	c		After this many milliseconds a record must have become eligible for compaction.
log.cleaner.min.cleanable.ratio	DOUBLE	=0.5	[0,1]	M	c		Share of a log that must be uncleaned before it is compacted.
log.cleaner.min.compaction.lag.ms	LONG	=0	[0,]	M	c		A record younger than this many milliseconds is not compacted away.
log.cleaner.threads	INT	=1	[0,]	M	c		Threads that compact.
log.cleanup.policy	LIST	=delete	list0{compact|delete}	M	c		What happens to old segments: delete, compact, both, or (empty) nothing.
log.dir	LIST	=/tmp/kafka-logs	list	H	r		Log directories, used when log.dirs is not set; a node here keeps its data in ./data when neither is set.
log.dir.failure.timeout.ms	LONG	=30000	[1,]	L	r		After this many milliseconds a broker stops if it cannot report a failed log directory to the controller.
log.dirs	LIST	~	list	H	r		Directories that hold the partitions' logs, separated by commas.
log.flush.interval.messages	LONG	=9223372036854775807	[1,]	H	c		A partition is flushed to disk after this many records.
log.flush.interval.ms	LONG	~		H	c	log.flush.interval.ms,log.flush.scheduler.interval.ms	A record is flushed to disk after at most this many milliseconds.
log.flush.offset.checkpoint.interval.ms	INT	=60000	[0,]	H	r		How often in milliseconds the recovery points are written down.
log.flush.scheduler.interval.ms	LONG	=9223372036854775807		H	r		How often in milliseconds the broker looks for logs that are due to be flushed.
log.flush.start.offset.checkpoint.interval.ms	INT	=60000	[0,]	H	r		How often in milliseconds the log start offsets are written down.
log.index.interval.bytes	INT	=4096	[0,]	M	c		An offset index entry is made every so many bytes.
log.index.size.max.bytes	INT	=10485760	[4,]	M	c		Largest offset index file in bytes; a full index ends its segment.
log.initial.task.delay.ms	LONG	=30000	[0,]	L	ri		Milliseconds after the start before the first periodic work on logs.
log.local.retention.bytes	LONG	=-2	[-2,]	M	c		Bytes of a tiered partition that stay on local disk; -2 follows log.retention.bytes.
log.local.retention.ms	LONG	=-2	[-2,]	M	c		Milliseconds that segments of a tiered partition stay on local disk; -2 follows log.retention.ms.
log.message.timestamp.after.max.ms	LONG	=3600000	[0,]	M	c		How many milliseconds a record's timestamp may lie ahead of the broker's clock.
log.message.timestamp.before.max.ms	LONG	=9223372036854775807	[0,]	M	c		How many milliseconds a record's timestamp may lie behind the broker's clock.
log.message.timestamp.type	STRING	=CreateTime	{CreateTime|LogAppendTime}	M	c		Whether a record carries the producer's time (CreateTime) or the broker's (LogAppendTime).
log.preallocate	BOOLEAN	=false		M	c		Whether a new segment file gets its full size at once.
log.remote.copy.lag.bytes	LONG	=-1	[-1,]	M	c		Bytes of inactive segments that may wait before they are copied to remote storage; -1 sets no such limit.
log.remote.copy.lag.ms	LONG	=0	[-1,]	M	c		Milliseconds an inactive segment may wait before it is copied to remote storage; 0 copies at once.
log.retention.bytes	LONG	=-1		H	c		Bytes kept per partition before old segments are deleted; -1 is without limit.
log.retention.check.interval.ms	LONG	=300000	[1,]	M	r		How often in milliseconds the broker looks for segments to delete.
log.retention.hours	INT	=168		H	r	log.retention.ms,log.retention.minutes,log.retention.hours	Hours after which a segment is deleted, unless log.retention.minutes or log.retention.ms is set.
log.retention.minutes	INT	~		H	r	log.retention.ms,log.retention.minutes,log.retention.hours	Minutes after which a segment is deleted, unless log.retention.ms is set.
log.retention.ms	LONG	~		H	c	log.retention.ms,log.retention.minutes,log.retention.hours	Milliseconds after which a segment is deleted; -1 is never.
log.roll.hours	INT	=168	[1,]	H	r	log.roll.ms,log.roll.hours	Hours after which a new segment begins, unless log.roll.ms is set.
log.roll.jitter.hours	INT	=0	[0,]	H	r	log.roll.jitter.ms,log.roll.jitter.hours	Hours by which the roll is brought forward at random, unless log.roll.jitter.ms is set.
log.roll.jitter.ms	LONG	~		H	c	log.roll.jitter.ms,log.roll.jitter.hours	Milliseconds by which the roll is brought forward at random, so that partitions do not roll together.
log.roll.ms	LONG	~		H	c	log.roll.ms,log.roll.hours	Milliseconds after which a new segment begins.
log.segment.bytes	INT	=1073741824	[1048576,]	H	c		Bytes after which a new segment begins.
log.segment.delete.delay.ms	LONG	=60000	[0,]	H	c		Milliseconds between taking a segment out of its log and removing its files.
max.connection.creation.rate	INT	=2147483647	[0,]	M	c		Most new connections a second.
max.connections	INT	=2147483647	[0,]	M	c		Most open connections of this broker; beyond it the longest idle one is closed.
max.connections.per.ip	INT	=2147483647	[0,]	M	c		Most open connections from one address.
max.connections.per.ip.overrides	STRING	=		M	c		Other limits for single addresses, as host:count separated by commas.
max.decompressed.message.bytes	INT	=2147483639	[1,2147483639]	M	c		Largest size in bytes of a batch once decompressed; a larger one is refused.
max.incremental.fetch.session.cache.slots	INT	=1000	[0,]	M	r		Most incremental fetch sessions that the broker remembers.
max.request.partition.size.limit	INT	=2000	[1,]	M	r		Most partitions in one answer of DescribeTopicPartitions.
message.max.bytes	INT	=1048588	[0,]	H	c		Largest record batch in bytes that is accepted, after compression.
metadata.log.dir	STRING	~		H	r		Directory of the cluster metadata log; the first log directory where not set.
metadata.log.max.record.bytes.between.snapshots	LONG	=20971520	[1,]	H	r		A metadata snapshot is made after this many bytes of records.
metadata.log.max.snapshot.interval.ms	LONG	=3600000	[0,]	H	r		A metadata snapshot is made after at most this many milliseconds with changes; 0 is never.
metadata.log.segment.bytes	INT	=1073741824	[8388608,]	H	r		Segment size of the metadata log in bytes.
metadata.log.segment.ms	LONG	=604800000		H	r		Milliseconds after which a new segment of the metadata log begins.
metadata.max.idle.interval.ms	INT	=500	[0,]	L	r		How often in milliseconds an idle active controller writes a no-op, which shows that the quorum works; 0 is never.
metadata.max.retention.bytes	LONG	=104857600		H	r		Bytes of metadata log and snapshots that are kept.
metadata.max.retention.ms	LONG	=604800000		H	r		Milliseconds that old metadata log segments and snapshots are kept.
metric.reporters	LIST	=org.apache.kafka.common.metrics.JmxReporter	list0	L	c		Metrics reporter classes.
metrics.num.samples	INT	=2	[1,]	L	r		Samples from which a metric is computed.
metrics.recording.level	STRING	=INFO		L	r		Most detailed level of metrics that is recorded.
metrics.sample.window.ms	LONG	=30000	[1,]	L	r		Length in milliseconds of a metric's sample.
millrace.durability	STRING	=fsync	{fsync|replicated}	H	c		When acks=all is answered: fsync once the record is on disk on min.insync.replicas, replicated once it is in their memory (what Apache Kafka does).
millrace.group.heartbeat.hold.ms	INT	=4000	[0,10000]	L	r		Milliseconds for which the answer to a heartbeat of a stable classic group may be kept back, to tell of a rebalance at once; at most a third of the session; 0 is none.
millrace.scrub.bytes.per.second	LONG	=8388608	[0,]	L	c		Bytes per second and log directory that are read through cold segments to find what has rotted on the device; 0 is none.
millrace.scrub.interval.ms	LONG	=604800000	[0,]	L	c		Milliseconds from the beginning of one pass over all cold segments to the beginning of the next, at least.
millrace.write.ahead.bytes	LONG	=67108864	[0,1073741824]	L	r		Bytes of each of the two files per log directory that take the tails of many logs with one sync; at most a 64th of the file system; 0 to sync each log by itself.
min.insync.replicas	INT	=1	[1,]	H	c		In-sync replicas that must have a record before acks=all is answered; with fewer, such writes are refused.
node.id	INT	!	[0,]	H	r		Number of this node, unique among brokers and controllers.
num.io.threads	INT	=8	[1,]	H	c		Request threads of Apache Kafka; here requests run on the event loops.
num.network.threads	INT	=3	[1,]	H	c		Network threads of Apache Kafka; here one event loop a core owns the connections.
num.partitions	INT	=1	[1,]	M	r		Partitions of a topic that is created without saying how many.
num.recovery.threads.per.data.dir	INT	=2	[1,]	H	c		How many logs of one directory are opened or recovered at the same time.
num.replica.alter.log.dirs.threads	INT	~		H	r		How many partitions move between log directories at the same time.
num.replica.fetchers	INT	=1	[1,]	H	c		Connections over which one broker fetches from another.
offset.metadata.max.bytes	INT	=4096		H	r		Largest text in bytes that may be committed together with an offset.
offsets.commit.timeout.ms	INT	=5000	[1,]	H	r		How long in milliseconds an offset commit waits for its replicas.
offsets.load.buffer.size	INT	=5242880	[1,]	H	r		Bytes read at once while a coordinator loads its partition of __consumer_offsets.
offsets.retention.check.interval.ms	LONG	=600000	[1,]	H	r		How often in milliseconds expired offsets are looked for.
offsets.retention.minutes	INT	=10080	[1,]	H	r		Minutes that committed offsets outlive a group's last member or subscription.
offsets.topic.compression.codec	INT	=0		H	r		Codec of __consumer_offsets as a number: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
offsets.topic.num.partitions	INT	=50	[1,]	H	r		Partitions of __consumer_offsets; not to be changed once it exists.
offsets.topic.replication.factor	SHORT	=3	[1,]	H	r		Replicas of __consumer_offsets; where not set, no more than there are brokers.
offsets.topic.segment.bytes	INT	=104857600	[1,]	H	r		Segment size of __consumer_offsets in bytes; small, so that compaction and loading are quick.
principal.builder.class	CLASS	=org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder		M	b		Class that makes a principal of an authenticated connection.
process.roles	LIST	!	list{broker|controller}	H	r		What this node is: broker, controller, or both.
producer.id.expiration.check.interval.ms	INT	=600000	[1,]	L	ri		How often in milliseconds forgotten producer ids are looked for.
producer.id.expiration.ms	INT	=86400000	[1,]	L	c		Milliseconds after its last write that a producer's sequence numbers are remembered.
producer.purgatory.purge.interval.requests	INT	=1000		M	r		Clean-up interval of Apache Kafka's waiting produce requests; kept for compatibility.
queued.max.request.bytes	LONG	=-1		M	r		Bytes of requests that may wait before reading from clients stops; -1 is without limit of its own.
queued.max.requests	INT	=500	[1,]	H	r		Requests that may wait before reading from clients stops.
quota.window.num	INT	=11	[1,]	L	r		How many past windows count for client quotas.
quota.window.size.seconds	INT	=1	[1,]	L	r		Length in seconds of one window of client quotas.
remote.fetch.max.wait.ms	INT	=500	[1,]	M	c		How long in milliseconds a fetch waits for remote storage.
remote.list.offsets.request.timeout.ms	LONG	=30000	[1,]	M	c		How long in milliseconds a ListOffsets request waits for remote storage.
remote.log.index.file.cache.total.size.bytes	LONG	=1073741824	[1,]	L	c		Bytes of remote segments' indexes kept on local disk.
remote.log.index.file.cache.ttl.ms	LONG	=900000	[-1,]	L	ri		Milliseconds that an unused index of a remote segment stays on local disk.
remote.log.manager.copier.thread.pool.size	INT	=10	[1,]	M	c		Threads that copy segments to remote storage.
remote.log.manager.copy.max.bytes.per.second	LONG	=9223372036854775807	[1,]	M	c		Most bytes a second copied to remote storage.
remote.log.manager.copy.quota.window.num	INT	=11	[1,]	M	r		How many past windows count when copying to remote storage is throttled.
remote.log.manager.copy.quota.window.size.seconds	INT	=1	[1,]	M	r		Length in seconds of one window when copying to remote storage is throttled.
remote.log.manager.expiration.thread.pool.size	INT	=10	[1,]	M	c		Threads that delete expired remote segments.
remote.log.manager.fetch.max.bytes.per.second	LONG	=9223372036854775807	[1,]	M	c		Most bytes a second read from remote storage.
remote.log.manager.fetch.quota.window.num	INT	=11	[1,]	M	r		How many past windows count when reading from remote storage is throttled.
remote.log.manager.fetch.quota.window.size.seconds	INT	=1	[1,]	M	r		Length in seconds of one window when reading from remote storage is throttled.
remote.log.manager.follower.thread.pool.size	INT	=2	[1,]	M	c		Threads that follow remote log metadata of partitions this broker does not lead.
remote.log.manager.task.interval.ms	LONG	=30000	[1,]	L	r		How often in milliseconds copying to and deleting from remote storage is considered.
remote.log.manager.task.retry.backoff.max.ms	LONG	=30000	[1,]	L	ri		Longest pause in milliseconds before remote storage is tried again.
remote.log.manager.task.retry.backoff.ms	LONG	=500	[1,]	L	ri		First pause in milliseconds before remote storage is tried again.
remote.log.manager.task.retry.jitter	DOUBLE	=0.2	[0,0.5]	L	ri		Random share by which pauses before a retry differ.
remote.log.manager.thread.pool.size	INT	=2	[1,]	M	r		Former size of the pool for all work on remote storage.
remote.log.metadata.custom.metadata.max.bytes	INT	=128	[0,]	L	r		Most bytes that a storage plug-in may attach to a remote segment's metadata.
remote.log.metadata.manager.class.name	STRING	=org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager	nonempty	M	r		Class that keeps the metadata of remote segments.
remote.log.metadata.manager.class.path	STRING	~		M	r		Class path of the plug-in that keeps the metadata of remote segments.
remote.log.metadata.manager.impl.prefix	STRING	=rlmm.config.	nonempty	M	r		How keys begin that are passed to the plug-in for remote metadata.
remote.log.metadata.manager.listener.name	STRING	~	nonempty	M	r		Listener over which the plug-in for remote metadata reaches the brokers.
remote.log.reader.max.pending.tasks	INT	=100	[1,]	M	r		Reads from remote storage that may wait; more are refused.
remote.log.reader.threads	INT	=10	[1,]	M	c		Threads that read from remote storage.
remote.log.storage.manager.class.name	STRING	~	nonempty	M	r		Plug-in class that stores remote segments.
remote.log.storage.manager.class.path	STRING	~		M	r		Class path of the plug-in that stores remote segments.
remote.log.storage.manager.impl.prefix	STRING	=rsm.config.	nonempty	M	r		How keys begin that are passed to the plug-in for remote storage.
remote.log.storage.system.enable	BOOLEAN	=false		M	r		Whether tiered storage is available on this broker.
replica.alter.log.dirs.io.max.bytes.per.second	LONG	=9223372036854775807	[0,]	M	cd		Bytes a second that moves between log directories may copy.
replica.fetch.backoff.ms	INT	=1000	[0,]	M	r		Pause in milliseconds after a failed fetch from a leader.
replica.fetch.max.bytes	INT	=1048576	[0,]	M	r		Bytes a follower asks for per partition; a larger first batch comes all the same.
replica.fetch.min.bytes	INT	=1		H	r		Bytes that should be there before a leader answers a follower's fetch.
replica.fetch.response.max.bytes	INT	=10485760	[0,]	M	r		Bytes a follower asks for in one fetch over all partitions.
replica.fetch.wait.max.ms	INT	=500		H	r		How long in milliseconds a leader may hold back the answer to a follower's fetch.
replica.high.watermark.checkpoint.interval.ms	LONG	=5000		H	r		How often in milliseconds high watermarks are written down.
replica.lag.time.max.ms	LONG	=30000		H	r		A follower that has not caught up for this many milliseconds leaves the ISR.
replica.selector.class	STRING	~		M	r		Class that chooses the replica a consumer should read from.
replica.socket.receive.buffer.bytes	INT	=65536		H	r		Receive buffer in bytes of connections between replicas.
replica.socket.timeout.ms	INT	=30000		H	r		How long in milliseconds a follower waits for the leader's answer.
replication.quota.window.num	INT	=11	[1,]	L	r		How many past windows count when replication is throttled.
replication.quota.window.size.seconds	INT	=1	[1,]	L	r		Length in seconds of one window when replication is throttled.
request.timeout.ms	INT	=30000		H	r		How long in milliseconds this node waits for an answer when it is the client.
sasl.client.callback.handler.class	CLASS	~		M	r		Class that answers SASL callbacks when this node is the client.
sasl.enabled.mechanisms	LIST	=GSSAPI	list0	M	b		SASL mechanisms that clients may use.
sasl.jaas.config	PASSWORD	~		M	b		Login module and options of a SASL mechanism; per listener and mechanism by prefix.
sasl.kerberos.kinit.cmd	STRING	=/usr/bin/kinit		M	b		Path of kinit.
sasl.kerberos.min.time.before.relogin	LONG	=60000		M	b		Least milliseconds between two Kerberos logins.
sasl.kerberos.principal.to.local.rules	LIST	=DEFAULT	list0	M	b		Rules that turn Kerberos principals into user names.
sasl.kerberos.service.name	STRING	~		M	b		Kerberos service name of the brokers.
sasl.kerberos.ticket.renew.jitter	DOUBLE	=0.05		M	b		Random share added to the time of a ticket's renewal.
sasl.kerberos.ticket.renew.window.factor	DOUBLE	=0.8		M	b		Share of a ticket's life after which it is renewed.
sasl.login.callback.handler.class	CLASS	~		M	r		Class that answers SASL callbacks at login.
sasl.login.class	CLASS	~		M	r		Login class for SASL.
sasl.login.connect.timeout.ms	INT	~		L	r		How long in milliseconds a connection to the OAuth provider may take.
sasl.login.read.timeout.ms	INT	~		L	r		How long in milliseconds an answer of the OAuth provider may take.
sasl.login.refresh.buffer.seconds	SHORT	=300		M	b		Seconds before expiry that a credential is refreshed at the latest.
sasl.login.refresh.min.period.seconds	SHORT	=60		M	b		Least seconds between two refreshes of a credential.
sasl.login.refresh.window.factor	DOUBLE	=0.8		M	b		Share of a credential's life after which it is refreshed.
sasl.login.refresh.window.jitter	DOUBLE	=0.05		M	b		Random share added to the time of a credential's refresh.
sasl.login.retry.backoff.max.ms	LONG	=10000		L	r		Longest pause in milliseconds before the OAuth provider is asked again.
sasl.login.retry.backoff.ms	LONG	=100		L	r		First pause in milliseconds before the OAuth provider is asked again.
sasl.mechanism.controller.protocol	STRING	=GSSAPI		H	r		SASL mechanism for requests to controllers.
sasl.mechanism.inter.broker.protocol	STRING	=GSSAPI		M	b		SASL mechanism for requests between brokers.
sasl.oauthbearer.allow.unverified.audience	BOOLEAN	=false		M	r		Whether tokens are accepted although no expected audience is set.
sasl.oauthbearer.allow.unverified.issuer	BOOLEAN	=false		M	r		Whether tokens are accepted although no expected issuer is set.
sasl.oauthbearer.assertion.algorithm	STRING	=RS256	~{ES256|RS256}	M	r		Algorithm that signs client assertions.
sasl.oauthbearer.assertion.claim.aud	STRING	~		M	r		Audience claim of client assertions.
sasl.oauthbearer.assertion.claim.exp.seconds	INT	=300	[0,86400]	L	r		Seconds a client assertion is valid.
sasl.oauthbearer.assertion.claim.iss	STRING	~		M	r		Issuer claim of client assertions.
sasl.oauthbearer.assertion.claim.jti.include	BOOLEAN	=false		M	r		Whether client assertions carry a unique id.
sasl.oauthbearer.assertion.claim.nbf.seconds	INT	=60	[0,3600]	L	r		Seconds by which the beginning of a client assertion's validity is put back.
sasl.oauthbearer.assertion.claim.sub	STRING	~		M	r		Subject claim of client assertions.
sasl.oauthbearer.assertion.file	STRING	~		M	r		File that holds a ready-made client assertion.
sasl.oauthbearer.assertion.private.key.file	STRING	~		M	r		File of the key that signs client assertions.
sasl.oauthbearer.assertion.private.key.passphrase	PASSWORD	~		M	r		Passphrase of the key that signs client assertions.
sasl.oauthbearer.assertion.template.file	STRING	~		M	r		File with further headers and claims of client assertions.
sasl.oauthbearer.client.credentials.client.id	STRING	~		M	r		Client id for OAuth's client credentials grant.
sasl.oauthbearer.client.credentials.client.secret	PASSWORD	~		M	r		Client secret for OAuth's client credentials grant.
sasl.oauthbearer.clock.skew.seconds	INT	=30		L	r		Seconds by which the OAuth provider's clock may differ from ours.
sasl.oauthbearer.expected.audience	LIST	=	list0	H	r		Audiences of which a token must name one.
sasl.oauthbearer.expected.issuer	STRING	~		H	r		Issuer that a token must come from.
sasl.oauthbearer.jwks.endpoint.refresh.ms	LONG	=3600000		L	r		How often in milliseconds the OAuth provider's keys are fetched.
sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms	LONG	=10000		L	r		Longest pause in milliseconds before the provider's keys are fetched again after a failure.
sasl.oauthbearer.jwks.endpoint.retry.backoff.ms	LONG	=100		L	r		First pause in milliseconds before the provider's keys are fetched again after a failure.
sasl.oauthbearer.jwks.endpoint.url	STRING	~		M	r		Where the OAuth provider's keys are: an http, https or file URL.
sasl.oauthbearer.jwt.retriever.class	CLASS	=org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever		M	r		Class that obtains tokens.
sasl.oauthbearer.jwt.validator.class	CLASS	=org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator		M	r		Class that checks tokens.
sasl.oauthbearer.scope	STRING	~		M	r		Scope to ask the OAuth provider for.
sasl.oauthbearer.scope.claim.name	STRING	=scope		L	r		Claim that holds a token's scopes.
sasl.oauthbearer.sub.claim.name	STRING	=sub		L	r		Claim that holds a token's subject.
sasl.oauthbearer.token.endpoint.url	STRING	~		M	r		Where tokens are obtained: an http, https or file URL.
sasl.server.callback.handler.class	CLASS	~		M	r		Class that answers SASL callbacks when this node is the server.
sasl.server.max.receive.size	INT	=524288		M	r		Largest SASL message in bytes that is accepted before authentication.
security.inter.broker.protocol	STRING	=PLAINTEXT	{PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL}	M	r		Security protocol between brokers where inter.broker.listener.name is not set.
security.providers	STRING	~		L	r		Classes that register further Java security providers.
server.max.startup.time.ms	LONG	=9223372036854775807	[0,]	M	ri		Milliseconds within which a node must be ready.
share.coordinator.append.linger.ms	INT	=-1	[-1,]	M	r		How long in milliseconds a share coordinator collects records before it writes them; -1 adapts to the load.
share.coordinator.cached.buffer.max.bytes	INT	=1048588	[524288,]	M	c		Largest write buffer in bytes that a share coordinator keeps for the next batch.
share.coordinator.cold.partition.snapshot.interval.ms	INT	=300000	[1,]	L	ri		How often in milliseconds share partitions without traffic are written anew.
share.coordinator.load.buffer.size	INT	=5242880	[1,]	H	r		Bytes read at once while a share coordinator loads its partition.
share.coordinator.snapshot.update.records.per.snapshot	INT	=500	[0,500]	M	r		Update records written between two snapshots of a share partition.
share.coordinator.state.topic.compression.codec	INT	=0		H	r		Codec of the share state topic as a number: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
share.coordinator.state.topic.min.isr	SHORT	=2	[1,]	H	r		In-sync replicas that a write to the share state topic needs; where not set, it follows the number of brokers.
share.coordinator.state.topic.num.partitions	INT	=50	[1,]	H	r		Partitions of the share state topic; not to be changed once it exists.
share.coordinator.state.topic.prune.interval.ms	INT	=300000	[1,]	L	ri		How often in milliseconds share state that is no longer needed is deleted.
share.coordinator.state.topic.replication.factor	SHORT	=3	[1,]	H	r		Replicas of the share state topic; where not set, no more than there are brokers.
share.coordinator.state.topic.segment.bytes	INT	=104857600	[1,]	H	r		Segment size of the share state topic in bytes.
share.coordinator.threads	INT	=1	[1,]	M	r		Threads of Apache Kafka's share coordinators; kept for compatibility.
share.coordinator.write.timeout.ms	INT	=5000	[1,]	H	r		How long in milliseconds a share coordinator waits for replicas of a write.
share.fetch.purgatory.purge.interval.requests	INT	=1000		M	r		Clean-up interval of Apache Kafka's waiting share fetches; kept for compatibility.
socket.connection.setup.timeout.max.ms	LONG	=30000		M	r		Longest time in milliseconds for making a connection, after repeated failures.
socket.connection.setup.timeout.ms	LONG	=10000		M	r		First limit in milliseconds for making a connection.
socket.listen.backlog.size	INT	=50	[1,]	M	r		Connections that may wait to be accepted; the operating system has a limit of its own.
socket.receive.buffer.bytes	INT	=102400		H	r		Receive buffer in bytes of clients' connections; -1 leaves it to the operating system.
socket.request.max.bytes	INT	=104857600	[1,]	H	r		Largest request in bytes; a larger one ends its connection.
socket.send.buffer.bytes	INT	=102400		H	r		Send buffer in bytes of clients' connections; -1 leaves it to the operating system.
ssl.allow.dn.changes	BOOLEAN	=false		L	r		Whether a new key store may carry another distinguished name.
ssl.allow.san.changes	BOOLEAN	=false		L	r		Whether a new key store may lack subject alternative names of the old one.
ssl.cipher.suites	LIST	=	list0	M	b		Cipher suites to allow; empty allows those of the Java runtime.
ssl.client.auth	STRING	=none	{required|requested|none}	M	b		Whether clients must (required), may (requested) or need not (none) show a certificate.
ssl.enabled.protocols	LIST	=TLSv1.2,TLSv1.3	list0	M	b		TLS versions to allow.
ssl.endpoint.identification.algorithm	STRING	=https		L	b		How a server's name is checked against its certificate; empty does not check.
ssl.engine.factory.class	CLASS	~		L	b		Class that makes TLS engines.
ssl.key.password	PASSWORD	~		M	b		Password of the private key.
ssl.keymanager.algorithm	STRING	=SunX509		M	b		Algorithm of the key manager.
ssl.keystore.certificate.chain	PASSWORD	~		M	b		Certificate chain in PEM, as text.
ssl.keystore.key	PASSWORD	~		M	b		Private key in PEM, as text.
ssl.keystore.location	STRING	~		M	b		File of the key store.
ssl.keystore.password	PASSWORD	~		M	b		Password of the key store.
ssl.keystore.type	STRING	=JKS		M	b		Format of the key store: JKS, PKCS12 or PEM.
ssl.principal.mapping.rules	STRING	=DEFAULT		L	r		Rules that turn a certificate's distinguished name into a user name.
ssl.protocol	STRING	=TLSv1.3		M	b		TLS version of the context.
ssl.provider	STRING	~		M	b		Java security provider for TLS.
ssl.secure.random.implementation	STRING	~		L	b		Source of random numbers for TLS.
ssl.trustmanager.algorithm	STRING	=PKIX		M	b		Algorithm of the trust manager.
ssl.truststore.certificates	PASSWORD	~		M	b		Trusted certificates in PEM, as text.
ssl.truststore.location	STRING	~		M	b		File of the trust store.
ssl.truststore.password	PASSWORD	~		M	b		Password of the trust store.
ssl.truststore.type	STRING	=JKS		M	b		Format of the trust store: JKS, PKCS12 or PEM.
telemetry.max.bytes	INT	=1048576	[1,]	L	r		Largest telemetry push in bytes after compression that is accepted from a client.
transaction.abort.timed.out.transaction.cleanup.interval.ms	INT	=10000	[1,]	L	r		How often in milliseconds transactions that took too long are looked for and aborted.
transaction.max.timeout.ms	INT	=900000	[1,]	H	r		Longest transaction timeout in milliseconds that a producer may ask for.
transaction.partition.verification.enable	BOOLEAN	=true		L	c		Whether a leader asks the transaction coordinator before the first write of a transaction.
transaction.remove.expired.transaction.cleanup.interval.ms	INT	=3600000	[1,]	L	r		How often in milliseconds expired transactional ids are removed.
transaction.state.log.load.buffer.size	INT	=5242880	[1,]	H	r		Bytes read at once while a coordinator loads its partition of __transaction_state.
transaction.state.log.min.isr	INT	=2	[1,]	H	r		In-sync replicas that a write to __transaction_state needs; where not set, it follows the number of brokers.
transaction.state.log.num.partitions	INT	=50	[1,]	H	r		Partitions of __transaction_state; not to be changed once it exists.
transaction.state.log.replication.factor	SHORT	=3	[1,]	H	r		Replicas of __transaction_state; where not set, no more than there are brokers.
transaction.state.log.segment.bytes	INT	=104857600	[1,]	H	r		Segment size of __transaction_state in bytes.
transaction.two.phase.commit.enable	BOOLEAN	=false		L	r		Whether producers may keep prepared transactions open for an outside coordinator.
transactional.id.expiration.ms	INT	=604800000	[1,]	H	r		Milliseconds after its last transaction that a transactional id is forgotten.
unclean.leader.election.enable	BOOLEAN	=false		H	c		Whether a replica outside the ISR may become leader, which can lose records.
unclean.leader.election.interval.ms	LONG	=300000	[1,]	M	ri		How often in milliseconds partitions without a leader are considered for an unclean election.
unstable.api.versions.enable	BOOLEAN	=false		H	ri		Whether API versions still in development are offered.
unstable.feature.versions.enable	BOOLEAN	=false		H	ri		Whether feature versions still in development may be chosen.
""";
}
