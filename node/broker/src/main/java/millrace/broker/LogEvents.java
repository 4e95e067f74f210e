package millrace.broker;

import millrace.common.TopicPartition;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What log directories have to tell, as log lines.
final class LogEvents implements LogDirSettings.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(LogEvents.class);
    private static final int PROGRESS_EVERY = 1_000;

    @Override public void onLoading(int done, int total) {
        if (total >= PROGRESS_EVERY && (done % PROGRESS_EVERY == 0 || done == total)) LOG.info("Loaded {} of {} partitions", done, total);
    }

    @Override public void onDamaged(TopicPartition topicPartition, String text) {
        LOG.error("{} is not served: {}", topicPartition, text);
    }

    @Override public void onLost(String text) {
        LOG.error(text);
    }

    @Override public void onEvent(LogEvent event) {
        switch (event) {
            case LogEvent.DamageFound _, LogEvent.Uncleanable _, LogEvent.LogStartNotBelieved _ -> LOG.error(event.text());
            case LogEvent.TornTailCut _, LogEvent.DiskFull _, LogEvent.SideFileRejected _, LogEvent.NoRoomToClean _, LogEvent.DeletionPutOff _ -> LOG.warn(event.text());
            case LogEvent.Recovered recovered when recovered.bytes() == 0               -> LOG.debug(event.text());
            case LogEvent.Recovered _, LogEvent.SegmentsDeleted _, LogEvent.Truncated _, LogEvent.CleaningStarted _, LogEvent.Cleaned _ -> LOG.info(event.text());
        }
    }

    @Override public void onFailure(LogDirFailure failure) {
        LOG.error(failure.getMessage());
    }
}
