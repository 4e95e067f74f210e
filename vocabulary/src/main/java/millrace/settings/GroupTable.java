package millrace.settings;

/// The settings of groups, one a line; the fields are explained in the description of this package.
/// Names, types, defaults, bounds, importance and update modes are those of Apache Kafka 4.4.0; the sentences are ours.
final class GroupTable {
    private GroupTable() {}

    static final String LINES = """
consumer.assignment.interval.ms	INT	=1000	[0,]	M	c	group.consumer.assignment.interval.ms	Least milliseconds between two assignments of a consumer group.
consumer.assignor.offload.enable	BOOLEAN	=true		M	ci	group.consumer.assignor.offload.enable	Whether consumer group assignments are computed off the coordinator's own thread.
consumer.heartbeat.interval.ms	INT	=5000	[1,]	M	c	group.consumer.heartbeat.interval.ms	How often in milliseconds members of a consumer group are told to send heartbeats.
consumer.session.timeout.ms	INT	=45000	[1,]	M	c	group.consumer.session.timeout.ms	After this many milliseconds without a heartbeat a member leaves its consumer group.
errors.deadletterqueue.copy.record.enable	BOOLEAN	=false		M	c		Whether a dead-letter record carries a copy of the original record.
errors.deadletterqueue.topic.name	STRING	=		M	c		Topic that takes this share group's undeliverable records; empty for none.
share.assignment.interval.ms	INT	=1000	[0,]	M	c	group.share.assignment.interval.ms	Least milliseconds between two assignments of a share group.
share.assignor.offload.enable	BOOLEAN	=true		M	ci	group.share.assignor.offload.enable	Whether share group assignments are computed off the coordinator's own thread.
share.auto.offset.reset	STRING	=latest	offsetreset	M	c		Where a share group begins on a partition new to it: latest, earliest, or by_duration and an ISO-8601 duration.
share.delivery.count.limit	INT	=5	[2,]	M	c	group.share.delivery.count.limit	How often a record is delivered to a share group before it counts as undeliverable.
share.heartbeat.interval.ms	INT	=5000	[1,]	M	c	group.share.heartbeat.interval.ms	How often in milliseconds members of a share group are told to send heartbeats.
share.isolation.level	STRING	=read_uncommitted	{read_committed|read_uncommitted}	M	c		Whether a share group sees records of open and aborted transactions.
share.partition.max.record.locks	INT	=2000	[100,]	M	c	group.share.partition.max.record.locks	Most records of one partition that a share group may hold unacknowledged.
share.record.lock.duration.ms	INT	=30000	[1000,]	M	c	group.share.record.lock.duration.ms	How long in milliseconds a delivered record is reserved for one member of a share group.
share.renew.acknowledge.enable	BOOLEAN	=true		M	c		Whether a member may extend the lock on a record it is still working on.
share.session.timeout.ms	INT	=45000	[1,]	M	c	group.share.session.timeout.ms	After this many milliseconds without a heartbeat a member leaves its share group.
streams.acceptable.recovery.lag	LONG	=10000	[0,]	M	ci	group.streams.acceptable.recovery.lag	How many offsets a task's state may lag behind and still count as caught up.
streams.assignment.interval.ms	INT	=1000	[0,]	M	c	group.streams.assignment.interval.ms	Least milliseconds between two assignments of a streams group.
streams.assignor.name	STRING	~		M	c	group.streams.assignors	Assignor of this streams group, one of group.streams.assignors.
streams.assignor.offload.enable	BOOLEAN	=true		M	ci	group.streams.assignor.offload.enable	Whether streams group assignments are computed off the coordinator's own thread.
streams.heartbeat.interval.ms	INT	=5000	[1,]	M	c	group.streams.heartbeat.interval.ms	How often in milliseconds members of a streams group are told to send heartbeats.
streams.initial.rebalance.delay.ms	INT	=3000	[0,]	M	c	group.streams.initial.rebalance.delay.ms	How long in milliseconds the first rebalance of a new streams group waits for more members.
streams.num.standby.replicas	INT	=0	[0,]	M	c	group.streams.num.standby.replicas	Standby copies of each stateful task.
streams.num.warmup.replicas	INT	=2	[0,]	M	ci	group.streams.num.warmup.replicas	Most extra copies that warm up at the same time while tasks move.
streams.rack.aware.assignment.tags	LIST	=	list0	L	c	group.streams.rack.aware.assignment.tags	Client tags over which standby copies are spread.
streams.session.timeout.ms	INT	=45000	[1,]	M	c	group.streams.session.timeout.ms	After this many milliseconds without a heartbeat a member leaves its streams group.
streams.task.offset.interval.ms	INT	=60000	[1,]	M	ci	group.streams.task.offset.interval.ms	How often in milliseconds members report the offsets of their tasks.
""";
}
