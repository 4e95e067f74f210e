package millrace.metadata;

import millrace.common.OffsetAndEpoch;
import millrace.core.BrokenInvariant;
import millrace.protocol.metadata.AbortTransactionRecord;
import millrace.protocol.metadata.BeginTransactionRecord;
import millrace.protocol.metadata.EndTransactionRecord;
import millrace.protocol.metadata.MetadataRecord;

/// Folds the metadata log into images, and keeps the records of an unfinished metadata transaction out of sight.
///
///     visible == newest ──BeginTransaction──▶ newest runs ahead ──EndTransaction──▶ visible = newest
///                                                             └──AbortTransaction─▶ newest = visible
///
/// Immutable, like the images. Why transactions: a change larger than one batch must still be seen whole (KIP-866).
///
/// @param visible without what an unfinished transaction has written
/// @param newest with it; the same image when no transaction is open
public record ImageFold(MetadataImage visible, MetadataImage newest, boolean inTransaction) {
    public static final ImageFold EMPTY = of(MetadataImage.EMPTY);

    public static ImageFold of(MetadataImage image) {
        return new ImageFold(image, image, false);
    }

    public ImageFold apply(MetadataRecord record) {
        return switch (record) {
            case BeginTransactionRecord _ -> begin();
            case EndTransactionRecord _ -> end();
            case AbortTransactionRecord _ -> abort();
            default -> moved(newest.apply(record));
        };
    }

    /// Everything up to and including `reached` has been applied. The visible image stays where it was while a transaction is open,
    /// so that a snapshot is never taken in the middle of one.
    public ImageFold at(OffsetAndEpoch reached) {
        return moved(newest.at(reached));
    }

    private ImageFold moved(MetadataImage moved) {
        return inTransaction ? new ImageFold(visible, moved, true) : of(moved);
    }

    private ImageFold begin() {
        if (inTransaction) throw new BrokenInvariant("BeginTransaction inside a metadata transaction, after offset " + newest.upTo().offset());
        return new ImageFold(visible, newest, true);
    }

    private ImageFold end() {
        if (!inTransaction) throw new BrokenInvariant("EndTransaction outside a metadata transaction, after offset " + newest.upTo().offset());
        return of(newest);
    }

    private ImageFold abort() {
        if (!inTransaction) throw new BrokenInvariant("AbortTransaction outside a metadata transaction, after offset " + newest.upTo().offset());
        return of(visible.at(newest.upTo()));
    }
}
