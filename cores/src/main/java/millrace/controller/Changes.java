package millrace.controller;

import java.util.ArrayList;
import java.util.List;

import millrace.metadata.MetadataImage;
import millrace.protocol.metadata.MetadataRecord;

/// The records of one decision as it is being made, and the image as it would be with them: a request that does several things
/// sees its own earlier steps.
public final class Changes {
    private final List<MetadataRecord> records = new ArrayList<>();
    private MetadataImage image;

    public Changes(MetadataImage image) {
        this.image = image;
    }

    public MetadataImage image() {
        return image;
    }

    public void add(MetadataRecord record) {
        records.add(record);
        image = image.apply(record);
    }

    public void addAll(List<? extends MetadataRecord> more) {
        for (MetadataRecord record : more) add(record);
    }

    public List<MetadataRecord> records() {
        return records;
    }
}
