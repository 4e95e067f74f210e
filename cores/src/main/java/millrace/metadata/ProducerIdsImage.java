package millrace.metadata;

import java.util.List;

import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.ProducerIdsRecord;

/// @param nextProducerId the first producer id that no broker has been given; ids below it are never given again
public record ProducerIdsImage(long nextProducerId) {
    public static final ProducerIdsImage EMPTY = new ProducerIdsImage(0);

    void addTo(List<MetadataRecord> records) {
        // Who got the last block is of no use to anyone any more, so a snapshot does not tell.
        if (nextProducerId > 0) records.add(ProducerIdsRecord.builder().brokerId(-1).brokerEpoch(-1).nextProducerId(nextProducerId).build());
    }
}
