package millrace.coordination;

import millrace.record.Codec;

/// What every coordinator obeys, whatever it coordinates.
///
/// @param codec of the batches that it writes
/// @param commitTimeoutMs how long an answer waits for its changes to be committed
/// @param loadBufferBytes how much of its log is read at once
/// @param reloadPauseMs how long one that met something unforeseen waits before it reads its log again
/// @param linger how long what is decided waits for company
public record ShellSettings(Codec codec, int commitTimeoutMs, int loadBufferBytes, int reloadPauseMs, Linger linger) {
    static final int RELOAD_PAUSE_MS = 1_000;
}
