package millrace.protocol;

/// What can go wrong, as the protocol numbers it. Numbers, names and whether a client should try again are Kafka's; a node may
/// always send a more precise text than the one here.
public enum ErrorCode {
    UNKNOWN_SERVER_ERROR(-1, false, "The node failed in a way that it did not foresee; its log has the details."),
    NONE(0, false, "Success."),
    OFFSET_OUT_OF_RANGE(1, false, "The offset lies outside the partition's log."),
    CORRUPT_MESSAGE(2, true, "The records do not match their checksum, or their batch is broken."),
    UNKNOWN_TOPIC_OR_PARTITION(3, true, "This node has no such topic or partition."),
    INVALID_FETCH_SIZE(4, false, "The fetch size asked for is not usable."),
    LEADER_NOT_AVAILABLE(5, true, "The partition has no leader at the moment."),
    NOT_LEADER_OR_FOLLOWER(6, true, "This node does not lead the partition, or holds no replica of it."),
    REQUEST_TIMED_OUT(7, true, "The request did not complete within its time-out."),
    BROKER_NOT_AVAILABLE(8, false, "The broker cannot be reached."),
    REPLICA_NOT_AVAILABLE(9, true, "The replica is not ready on this node."),
    MESSAGE_TOO_LARGE(10, false, "The record batch is larger than the topic accepts (max.message.bytes)."),
    STALE_CONTROLLER_EPOCH(11, false, "The request comes from a controller that has been replaced."),
    OFFSET_METADATA_TOO_LARGE(12, false, "The text stored with an offset is longer than the broker accepts (offset.metadata.max.bytes)."),
    NETWORK_EXCEPTION(13, true, "The connection broke before the answer arrived."),
    COORDINATOR_LOAD_IN_PROGRESS(14, true, "The coordinator is still loading its partition."),
    COORDINATOR_NOT_AVAILABLE(15, true, "The coordinator is not available."),
    NOT_COORDINATOR(16, true, "This node does not coordinate the group or transaction; look it up again."),
    INVALID_TOPIC_EXCEPTION(17, false, "The topic's name is not legal, or the operation is not allowed on it."),
    RECORD_LIST_TOO_LARGE(18, false, "The record batch is larger than a segment (segment.bytes)."),
    NOT_ENOUGH_REPLICAS(19, true, "Fewer replicas are in sync than min.insync.replicas demands; nothing was appended."),
    NOT_ENOUGH_REPLICAS_AFTER_APPEND(20, true, "The records were appended, but then fewer replicas were in sync than min.insync.replicas demands."),
    INVALID_REQUIRED_ACKS(21, false, "acks must be 0, 1 or -1 (all)."),
    ILLEGAL_GENERATION(22, false, "The generation is not the group's current one."),
    INCONSISTENT_GROUP_PROTOCOL(23, false, "The member's protocol type or protocols do not fit those of the group."),
    INVALID_GROUP_ID(24, false, "The group id is not legal."),
    UNKNOWN_MEMBER_ID(25, false, "The group has no member with this id."),
    INVALID_SESSION_TIMEOUT(26, false, "The session time-out is outside the bounds that the broker allows."),
    REBALANCE_IN_PROGRESS(27, false, "The group is rebalancing; join again."),
    INVALID_COMMIT_OFFSET_SIZE(28, false, "The offset commit does not fit into one record batch."),
    TOPIC_AUTHORIZATION_FAILED(29, false, "The principal has no right to do this with the topic."),
    GROUP_AUTHORIZATION_FAILED(30, false, "The principal has no right to do this with the group."),
    CLUSTER_AUTHORIZATION_FAILED(31, false, "The principal has no right to do this with the cluster."),
    INVALID_TIMESTAMP(32, false, "A record's timestamp is outside the bounds of the topic."),
    UNSUPPORTED_SASL_MECHANISM(33, false, "This listener does not offer the SASL mechanism."),
    ILLEGAL_SASL_STATE(34, false, "The request is not allowed at this point of the SASL exchange."),
    UNSUPPORTED_VERSION(35, false, "This version of the API is not served here."),
    TOPIC_ALREADY_EXISTS(36, false, "There is a topic of this name already."),
    INVALID_PARTITIONS(37, false, "The number of partitions is not legal."),
    INVALID_REPLICATION_FACTOR(38, false, "The replication factor is not positive, or exceeds the number of brokers that can take replicas."),
    INVALID_REPLICA_ASSIGNMENT(39, false, "The assignment of replicas is not legal."),
    INVALID_CONFIG(40, false, "A setting is unknown or its value is out of bounds."),
    NOT_CONTROLLER(41, true, "This node is not the active controller."),
    INVALID_REQUEST(42, false, "The request contradicts itself or breaks a rule of the protocol."),
    UNSUPPORTED_FOR_MESSAGE_FORMAT(43, false, "The format of the records does not allow the request."),
    POLICY_VIOLATION(44, false, "A policy of this cluster forbids the request."),
    OUT_OF_ORDER_SEQUENCE_NUMBER(45, false, "The batch does not continue the producer's sequence; records before it are missing."),
    DUPLICATE_SEQUENCE_NUMBER(46, false, "A batch with these sequence numbers was appended before."),
    INVALID_PRODUCER_EPOCH(47, false, "The producer's epoch is older than the newest one of its id."),
    INVALID_TXN_STATE(48, false, "The transaction is in a state that does not allow the operation."),
    INVALID_PRODUCER_ID_MAPPING(49, false, "The producer id does not belong to this transactional id."),
    INVALID_TRANSACTION_TIMEOUT(50, false, "The transaction time-out is longer than the broker allows (transaction.max.timeout.ms)."),
    CONCURRENT_TRANSACTIONS(51, true, "The previous transaction of this transactional id is still being completed."),
    TRANSACTION_COORDINATOR_FENCED(52, false, "The transaction coordinator that sent the markers has been replaced."),
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, false, "The principal has no right to use the transactional id."),
    SECURITY_DISABLED(54, false, "This cluster has no authorizer."),
    OPERATION_NOT_ATTEMPTED(55, false, "Not tried, because another part of the same request failed."),
    KAFKA_STORAGE_ERROR(56, true, "The log directory failed; a replica elsewhere may still serve the partition."),
    LOG_DIR_NOT_FOUND(57, false, "No log directory of this node has that path."),
    SASL_AUTHENTICATION_FAILED(58, false, "The credentials were not accepted."),
    UNKNOWN_PRODUCER_ID(59, false, "The partition has no state of this producer left."),
    REASSIGNMENT_IN_PROGRESS(60, false, "The partition is being reassigned."),
    DELEGATION_TOKEN_AUTH_DISABLED(61, false, "Delegation tokens are not enabled on this cluster."),
    DELEGATION_TOKEN_NOT_FOUND(62, false, "There is no such delegation token."),
    DELEGATION_TOKEN_OWNER_MISMATCH(63, false, "Only the owner or a renewer of the delegation token may do this."),
    DELEGATION_TOKEN_REQUEST_NOT_ALLOWED(64, false, "Delegation tokens can be asked for only over an authenticated, secure connection that did not use one itself."),
    DELEGATION_TOKEN_AUTHORIZATION_FAILED(65, false, "The principal has no right to use the delegation token."),
    DELEGATION_TOKEN_EXPIRED(66, false, "The delegation token has expired."),
    INVALID_PRINCIPAL_TYPE(67, false, "The type of the principal is not supported."),
    NON_EMPTY_GROUP(68, false, "The group still has members."),
    GROUP_ID_NOT_FOUND(69, false, "There is no such group."),
    FETCH_SESSION_ID_NOT_FOUND(70, true, "There is no such fetch session; begin a new one."),
    INVALID_FETCH_SESSION_EPOCH(71, true, "The epoch is not the next one of the fetch session."),
    LISTENER_NOT_FOUND(72, true, "The leader has no listener of the name over which the request came."),
    TOPIC_DELETION_DISABLED(73, false, "Topics cannot be deleted here (delete.topic.enable)."),
    FENCED_LEADER_EPOCH(74, true, "The leader epoch is older than that of this node; refresh the metadata."),
    UNKNOWN_LEADER_EPOCH(75, true, "The leader epoch is newer than that of this node; try again."),
    UNSUPPORTED_COMPRESSION_TYPE(76, false, "The requester's version of the API does not know the compression of the records."),
    STALE_BROKER_EPOCH(77, false, "The broker has registered anew since."),
    OFFSET_NOT_AVAILABLE(78, true, "The new leader's high watermark is not known yet; try again."),
    MEMBER_ID_REQUIRED(79, false, "Join again with the member id in this answer."),
    PREFERRED_LEADER_NOT_AVAILABLE(80, true, "The preferred leader cannot lead at the moment."),
    GROUP_MAX_SIZE_REACHED(81, false, "The group has as many members as the broker allows (group.max.size)."),
    FENCED_INSTANCE_ID(82, false, "Another member took over this static instance id."),
    ELIGIBLE_LEADERS_NOT_AVAILABLE(83, true, "No replica that may lead the partition is available."),
    ELECTION_NOT_NEEDED(84, true, "The partition already has the leader that the election would give it."),
    NO_REASSIGNMENT_IN_PROGRESS(85, false, "The partition is not being reassigned."),
    GROUP_SUBSCRIBED_TO_TOPIC(86, false, "The group still subscribes to the topic, so its offsets stay."),
    INVALID_RECORD(87, false, "The broker's checks refused a record."),
    UNSTABLE_OFFSET_COMMIT(88, true, "An offset of an open transaction is not decided yet; try again."),
    THROTTLING_QUOTA_EXCEEDED(89, true, "The quota for this kind of request is used up; try again after the throttle time."),
    PRODUCER_FENCED(90, false, "A newer producer with the same transactional id took over."),
    RESOURCE_NOT_FOUND(91, false, "There is no such resource."),
    DUPLICATE_RESOURCE(92, false, "The request names a resource twice, or it exists already."),
    UNACCEPTABLE_CREDENTIAL(93, false, "The credential does not meet the requirements."),
    INCONSISTENT_VOTER_SET(94, false, "The set of voters of the two sides differs."),
    INVALID_UPDATE_VERSION(95, false, "The given version is not one above the current one."),
    FEATURE_UPDATE_FAILED(96, false, "The feature level could not be changed."),
    PRINCIPAL_DESERIALIZATION_FAILURE(97, false, "The principal of a forwarded request cannot be read."),
    SNAPSHOT_NOT_FOUND(98, false, "There is no such snapshot."),
    POSITION_OUT_OF_RANGE(99, false, "The position lies outside the snapshot."),
    UNKNOWN_TOPIC_ID(100, true, "This node has no topic with that id; refresh the metadata."),
    DUPLICATE_BROKER_REGISTRATION(101, false, "A live broker with this id is registered."),
    BROKER_ID_NOT_REGISTERED(102, false, "No broker with this id is registered."),
    INCONSISTENT_TOPIC_ID(103, true, "The topic id in the log is not the one of the request."),
    INCONSISTENT_CLUSTER_ID(104, false, "The request is meant for another cluster."),
    TRANSACTIONAL_ID_NOT_FOUND(105, false, "There is no such transactional id."),
    FETCH_SESSION_TOPIC_ID_ERROR(106, true, "Topic ids and names are mixed in one fetch session."),
    INELIGIBLE_REPLICA(107, false, "A replica may not join the in-sync replicas now."),
    NEW_LEADER_ELECTED(108, false, "The change went through and gave the partition a new leader."),
    OFFSET_MOVED_TO_TIERED_STORAGE(109, false, "The offset is only in remote storage now."),
    FENCED_MEMBER_EPOCH(110, false, "The member's epoch is not the one that the coordinator has; leave and join again."),
    UNRELEASED_INSTANCE_ID(111, false, "Another member still holds this static instance id."),
    UNSUPPORTED_ASSIGNOR(112, false, "The group's coordinator does not know the assignor."),
    STALE_MEMBER_EPOCH(113, false, "The member's epoch is old; try again with the one of the next heartbeat."),
    MISMATCHED_ENDPOINT_TYPE(114, false, "The request went to the wrong kind of listener (broker or controller)."),
    UNSUPPORTED_ENDPOINT_TYPE(115, false, "This kind of endpoint is not supported."),
    UNKNOWN_CONTROLLER_ID(116, false, "No controller with this id is known."),
    UNKNOWN_SUBSCRIPTION_ID(117, false, "The telemetry subscription has changed; ask for it again."),
    TELEMETRY_TOO_LARGE(118, false, "The telemetry is larger than the broker accepts (telemetry.max.bytes)."),
    INVALID_REGISTRATION(119, false, "The controller does not accept the registration as it is."),
    TRANSACTION_ABORTABLE(120, false, "The transaction cannot be committed any more; abort it and go on."),
    INVALID_RECORD_STATE(121, false, "The record is not in a state in which it can be acknowledged."),
    SHARE_SESSION_NOT_FOUND(122, true, "There is no such share session; begin a new one."),
    INVALID_SHARE_SESSION_EPOCH(123, true, "The epoch is not the next one of the share session."),
    FENCED_STATE_EPOCH(124, false, "The share coordinator has a newer state epoch."),
    INVALID_VOTER_KEY(125, false, "The voter's id and directory id are not those of the receiver."),
    DUPLICATE_VOTER(126, false, "The voter is in the set already."),
    VOTER_NOT_FOUND(127, false, "The voter is not in the set."),
    INVALID_REGULAR_EXPRESSION(128, false, "The regular expression is not legal in RE2 syntax."),
    REBOOTSTRAP_REQUIRED(129, false, "The client's metadata belongs to another cluster or is too old; begin again from the bootstrap servers."),
    STREAMS_INVALID_TOPOLOGY(130, false, "The topology of the streams group is not legal."),
    STREAMS_INVALID_TOPOLOGY_EPOCH(131, false, "The topology epoch of the streams group is not legal."),
    STREAMS_TOPOLOGY_FENCED(132, false, "The topology epoch is older than that of the streams group."),
    SHARE_SESSION_LIMIT_REACHED(133, true, "The broker has as many share sessions as it allows."),
    GROUP_DELETION_FAILED(134, false, "The group could not be deleted."),
    STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED(135, false, "The description of the topology could not be stored."),
    CONTROLLER_ID_NOT_REGISTERED(136, false, "No controller with this id is registered.");

    private static final ErrorCode[] FROM_ZERO = new ErrorCode[values().length - 1];

    static {
        for (ErrorCode each : values()) if (each != UNKNOWN_SERVER_ERROR) FROM_ZERO[each.code] = each;
    }

    private final short code;
    private final boolean retriable;
    private final String message;

    ErrorCode(int code, boolean retriable, String message) {
        this.code = (short) code;
        this.retriable = retriable;
        this.message = message;
    }

    /// @return `UNKNOWN_SERVER_ERROR` for a number that this version does not know
    public static ErrorCode forCode(short code) {
        return code >= 0 && code < FROM_ZERO.length ? FROM_ZERO[code] : UNKNOWN_SERVER_ERROR;
    }

    public short code() {
        return code;
    }

    /// Whether the same request may succeed later, or after a refresh of the metadata.
    public boolean retriable() {
        return retriable;
    }

    /// One sentence for people.
    public String message() {
        return message;
    }
}
