package millrace.settings;

/// The settings of topics, one a line; the fields are explained in the description of this package.
/// Names, types, defaults, bounds, importance and update modes are those of Apache Kafka 4.4.0; the sentences are ours.
final class TopicTable {
    private TopicTable() {}

    static final String LINES = """
cleanup.policy	LIST	=delete	list0{compact|delete}	M	c	log.cleanup.policy	What happens to old segments: delete, compact, both, or (empty) nothing.
compression.gzip.level	INT	=-1	-1|[1,9]	M	c	compression.gzip.level	Level used where the broker compresses with gzip; -1 leaves the choice to the library.
compression.lz4.level	INT	=9	[1,17]	M	c	compression.lz4.level	Level used where the broker compresses with lz4; higher is smaller and slower.
compression.type	STRING	=producer	{uncompressed|zstd|lz4|snappy|gzip|producer}	M	c	compression.type	Codec in which batches rest on disk; producer keeps what the producer has sent.
compression.zstd.level	INT	=3	[-131072,22]	M	c	compression.zstd.level	Level used where the broker compresses with zstd; higher is smaller and slower.
delete.retention.ms	LONG	=86400000	[0,]	M	c	log.cleaner.delete.retention.ms	How long in milliseconds a deletion marker stays readable after compaction.
errors.deadletterqueue.group.enable	BOOLEAN	=false		M	c		Whether share groups may write undeliverable records to this topic.
file.delete.delay.ms	LONG	=60000	[0,]	M	c	log.segment.delete.delay.ms	Milliseconds between taking a segment out of its log and removing its files.
flush.messages	LONG	=9223372036854775807	[1,]	M	c	log.flush.interval.messages	A partition is flushed to disk after this many records.
flush.ms	LONG	=9223372036854775807	[0,]	M	c	log.flush.interval.ms,log.flush.scheduler.interval.ms	A record is flushed to disk after at most this many milliseconds.
follower.replication.throttled.replicas	LIST	=	throttled	M	c		Replicas (partition:broker, or *) whose fetching is throttled on followers.
index.interval.bytes	INT	=4096	[0,]	M	c	log.index.interval.bytes	An offset index entry is made every so many bytes.
internal.segment.bytes	INT	~		M	ci		Segment size in bytes without the usual lower limit, for tests.
leader.replication.throttled.replicas	LIST	=	throttled	M	c		Replicas (partition:broker, or *) whose replication is throttled on leaders.
local.retention.bytes	LONG	=-2	[-2,]	M	c	log.local.retention.bytes	Bytes of a tiered partition that stay on local disk; -2 follows retention.bytes.
local.retention.ms	LONG	=-2	[-2,]	M	c	log.local.retention.ms	Milliseconds that segments of a tiered partition stay on local disk; -2 follows retention.ms.
max.compaction.lag.ms	LONG	=9223372036854775807	[1,]	M	c	log.cleaner.max.compaction.lag.ms	After this many milliseconds a record must have become eligible for compaction.
max.decompressed.message.bytes	INT	=2147483639	[1,2147483639]	M	c	max.decompressed.message.bytes	Largest size in bytes of a batch once decompressed; a larger one is refused.
max.message.bytes	INT	=1048588	[0,]	M	c	message.max.bytes	Largest record batch in bytes that is accepted, after compression.
message.timestamp.after.max.ms	LONG	=3600000	[0,]	M	c	log.message.timestamp.after.max.ms	How many milliseconds a record's timestamp may lie ahead of the broker's clock.
message.timestamp.before.max.ms	LONG	=9223372036854775807	[0,]	M	c	log.message.timestamp.before.max.ms	How many milliseconds a record's timestamp may lie behind the broker's clock.
message.timestamp.type	STRING	=CreateTime	{CreateTime|LogAppendTime}	M	c	log.message.timestamp.type	Whether a record carries the producer's time (CreateTime) or the broker's (LogAppendTime).
millrace.durability	STRING	=fsync	{fsync|replicated}	M	c	millrace.durability	When acks=all is answered for this topic: fsync once the record is on disk on min.insync.replicas, replicated once it is in their memory.
min.cleanable.dirty.ratio	DOUBLE	=0.5	[0,1]	M	c	log.cleaner.min.cleanable.ratio	Share of a log that must be uncleaned before it is compacted.
min.compaction.lag.ms	LONG	=0	[0,]	M	c	log.cleaner.min.compaction.lag.ms	A record younger than this many milliseconds is not compacted away.
min.insync.replicas	INT	=1	[1,]	M	c	min.insync.replicas	In-sync replicas that must have a record before acks=all is answered; with fewer, such writes are refused.
preallocate	BOOLEAN	=false		M	c	log.preallocate	Whether a new segment file gets its full size at once.
remote.copy.lag.bytes	LONG	=-1	[-1,]	M	c	log.remote.copy.lag.bytes	Bytes of inactive segments that may wait before they are copied to remote storage; -1 sets no such limit.
remote.copy.lag.ms	LONG	=0	[-1,]	M	c	log.remote.copy.lag.ms	Milliseconds an inactive segment may wait before it is copied to remote storage; 0 copies at once.
remote.log.copy.disable	BOOLEAN	=false		M	c		Whether copying to remote storage is off while what is there stays readable.
remote.log.delete.on.disable	BOOLEAN	=false		M	c		Whether turning tiered storage off deletes what is in remote storage.
remote.storage.enable	BOOLEAN	=false		M	c		Whether old segments move to remote storage.
retention.bytes	LONG	=-1		M	c	log.retention.bytes	Bytes kept per partition before old segments are deleted, where the cleanup policy says delete; -1 is without limit.
retention.ms	LONG	=604800000	[-1,]	M	c	log.retention.ms,log.retention.minutes,log.retention.hours	Milliseconds after which a segment is deleted, where the cleanup policy says delete; -1 is never.
segment.bytes	INT	=1073741824	[1048576,]	M	c	log.segment.bytes	Bytes after which a new segment begins.
segment.index.bytes	INT	=10485760	[4,]	M	c	log.index.size.max.bytes	Largest offset index file in bytes; a full index ends its segment.
segment.jitter.ms	LONG	=0	[0,]	M	c	log.roll.jitter.ms,log.roll.jitter.hours	Milliseconds by which the roll is brought forward at random, so that partitions do not roll together.
segment.ms	LONG	=604800000	[1,]	M	c	log.roll.ms,log.roll.hours	Milliseconds after which a new segment begins even if the present one is not full.
unclean.leader.election.enable	BOOLEAN	=false		M	c	unclean.leader.election.enable	Whether a replica outside the ISR may become leader, which can lose records.
""";
}
