package millrace.transaction;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import millrace.transaction.ExploredLog.Entry;
import millrace.transaction.ExploredProducer.Wish;

/// The laws of transactions (`reliability.md` section 2), for one moment of an [ExploredWorld].
final class Explored {
    private Explored() {}

    /// @return the first law that is broken, whatever may still come; null for none
    static String brokenBy(ExploredLog[] logs, ExploredProducer[] producers, Transaction known) {
        if (known != null && known.producerEpoch() < Transaction.NO_EPOCH) return "T6: an epoch is " + known.producerEpoch();
        String shared = owners(producers);
        if (shared != null) return shared;
        for (ExploredLog log : logs) {
            String merged = merged(log.entries());
            if (merged != null) return merged;
            for (Map.Entry<Entry.Data, Boolean> each : log.outcomes().entrySet()) {
                Entry.Data data = each.getKey();
                Wish wish = producers[data.writer()].wish(data.txnNo());
                if (each.getValue() && wish != Wish.COMMIT && wish != Wish.COMMITTED) return "T1: " + data + " is committed, and its producer wished for " + wish + "; " + log;
                if (!each.getValue() && wish == Wish.COMMITTED) return "T3: " + data + " is aborted, and its producer was told that it is committed; " + log;
            }
        }
        return null;
    }

    private static String owners(ExploredProducer[] producers) {
        if (producers.length < 2) return null;
        ExploredProducer first = producers[0];
        ExploredProducer second = producers[1];
        return first.isInitialized() && second.isInitialized() && first.hasSameEpochAs(second) ? "T6: two producers have the same id and epoch: " + first + " and " + second : null;
    }

    private static String merged(List<Entry> entries) {
        var open = new TreeMap<Long, String>();
        for (Entry each : entries) {
            switch (each) {
                case Entry.Marker marker -> open.remove(marker.producerId());
                case Entry.Data data     -> {
                    String transaction = data.writer() + "/" + data.txnNo();
                    String before = open.put(data.producerId(), transaction);
                    if (before != null && !before.equals(transaction)) return "T5: records of several transactions without a marker between them: " + entries;
                }
            }
        }
        return null;
    }

    /// @return the first law that is broken now that nothing more can come; null for none
    static String brokenAtRest(ExploredLog[] logs, ExploredProducer[] producers, Transaction known) {
        if (known != null && known.state().isOpen()) return "T8: the coordinator does not come to an end: " + known;
        for (ExploredLog log : logs) {
            if (log.hasOpenTransaction()) return "T8: a transaction hangs in " + log;
        }
        for (ExploredProducer each : producers) {
            for (int txn = 0; txn < ExploredProducer.MOST_TRANSACTIONS; txn++) {
                long committed = committed(logs, each.number(), txn);
                String found = "of transaction " + txn + " of producer " + each.number() + " " + committed + " records are there";
                if (!each.isWritten(txn) || committed == logs.length) continue;
                if (each.wish(txn) == Wish.COMMITTED) return "T3: it was told that it is committed, and " + found;
                if (committed > 0) return "T2: " + found;
            }
        }
        return null;
    }

    private static long committed(ExploredLog[] logs, int writer, int txn) {
        long committed = 0;
        for (ExploredLog log : logs) {
            committed += log.outcomes().entrySet().stream().filter(each -> each.getValue() && each.getKey().writer() == writer && each.getKey().txnNo() == txn).count();
        }
        return committed;
    }
}
