package millrace.wire;

import java.nio.ByteBuffer;

/// Cuts the bytes of a connection into frames: four bytes of length, then that many bytes.
///
///     LENGTH ──four bytes──▶ GATE ──the owner lets it begin──▶ BODY ──whole──▶ LENGTH
///                              ▲│                               ▲│
///                              └┘ not yet: bytes stay           └┘ starved: waits for RequestMemory
///
/// A frame that lies whole in the incoming buffer is a view of it. Any other is gathered into leased memory, each byte once:
/// the lease has the frame's size as soon as a sixteenth of it is at hand. Before that it is smaller and is exchanged as bytes
/// come, so a peer that only announces a large frame holds at most sixteen times what it has sent (or 4 KiB), and at most a
/// fifteenth of any frame is copied a second time.
///
/// The gate is asked with the frame's first two bytes, the API key, before any memory is taken for it.
final class FrameAssembler {
    static final int LENGTH_BYTES = 4;
    private static final int KEY_BYTES = 2;
    private static final int GROWTH = 16;

    /// Whose frames these are. Calls come during [#next], except [#memoryGranted].
    interface Owner {
        /// @return the largest frame that may come next, in bytes
        int maxFrameBytes();

        /// @param apiKey the frame's first two bytes
        /// @return false to leave its bytes where they are for now
        boolean mayBegin(short apiKey);

        /// A lease that [#next] has waited for is there: to be taken with [#accept] on the connection's loop. From any thread.
        void memoryGranted(RequestMemory.Lease lease);
    }

    private enum State { LENGTH, GATE, BODY }

    private final Owner owner;
    private final RequestMemory memory;
    private final RequestMemory.Waiter waiter;
    private final int minFrameBytes;
    private State state = State.LENGTH;
    private int lengthBytes;
    private int length;
    /// The first byte of a frame that has come without the second; -1 otherwise.
    private int loneByte = -1;
    /// Holds the bytes of the frame that have come, and of a frame handed out until [#done].
    private RequestMemory.Lease gathered;
    private RequestMemory.Lease granted;
    private boolean starved;

    /// @param minFrameBytes a shorter frame is no frame; at least 2
    FrameAssembler(RequestMemory memory, int minFrameBytes, Owner owner) {
        this.memory = memory;
        this.minFrameBytes = minFrameBytes;
        this.owner = owner;
        this.waiter = owner::memoryGranted;
    }

    /// Takes bytes from `in`, as many as belong to the next frame.
    /// @return the frame, valid until [#done] and as long as `in` is; null when it is not whole yet (then `in` is used up, unless
    ///     the gate is closed or memory is short)
    /// @throws BadFrame when a length is negative, too short or too long; nothing that follows it means anything
    ByteBuffer next(ByteBuffer in) {
        if (state == State.LENGTH && !readLength(in)) return null;
        if (state == State.GATE && !passGate(in)) return null;
        if (gathered == null && loneByte < 0 && in.remaining() >= length) return view(in);
        return gather(in) ? whole() : null;
    }

    /// The frame handed out last is no longer looked at.
    void done() {
        if (gathered != null) gathered.giveBack();
        gathered = null;
    }

    /// @return whether it waits for memory; bytes make no sense until [#accept]
    boolean isStarved() {
        return starved;
    }

    /// @return whether part of a frame has come, and the rest has not
    boolean isUnfinished() {
        return state != State.LENGTH || lengthBytes > 0;
    }

    /// @return whether others wait for memory that the unfinished frame holds
    boolean holdsWhatOthersWaitFor() {
        return gathered != null && gathered.isWanted();
    }

    void accept(RequestMemory.Lease lease) {
        granted = lease;
        starved = false;
    }

    /// Gives everything back. A lease granted from now on must be given back by whoever hears of it.
    void close() {
        if (starved) memory.forget(waiter);
        starved = false;
        if (granted != null) granted.giveBack();
        granted = null;
        done();
    }

    private boolean readLength(ByteBuffer in) {
        while (lengthBytes < LENGTH_BYTES) {
            if (!in.hasRemaining()) return false;
            length = length << 8 | in.get() & 0xff;
            lengthBytes++;
        }
        if (length < minFrameBytes || length > owner.maxFrameBytes()) throw new BadFrame(whyNot(length));
        state = State.GATE;
        return true;
    }

    private boolean passGate(ByteBuffer in) {
        if (in.remaining() + (loneByte < 0 ? 0 : 1) < KEY_BYTES) {
            if (in.hasRemaining()) loneByte = in.get() & 0xff;
            return false;
        }
        short key = loneByte < 0 ? in.getShort(in.position()) : (short) (loneByte << 8 | in.get(in.position()) & 0xff);
        if (!owner.mayBegin(key)) return false;
        state = State.BODY;
        return true;
    }

    private ByteBuffer view(ByteBuffer in) {
        ByteBuffer frame = in.slice(in.position(), length);
        in.position(in.position() + length);
        begin();
        return frame;
    }

    private boolean gather(ByteBuffer in) {
        if (starved || !makeRoom(in)) return false;
        ByteBuffer target = gathered.buffer();
        if (loneByte >= 0) {
            target.put((byte) loneByte);
            loneByte = -1;
        }
        int amount = Math.min(target.remaining(), in.remaining());
        target.put(target.position(), in, in.position(), amount);
        target.position(target.position() + amount);
        in.position(in.position() + amount);
        return target.position() == length;
    }

    /// Sees to it that all bytes at hand find room.
    private boolean makeRoom(ByteBuffer in) {
        int have = (gathered == null ? 0 : gathered.buffer().position()) + (loneByte < 0 ? 0 : 1);
        long atHand = Math.min(length, (long) have + in.remaining());
        if (gathered != null && gathered.buffer().limit() >= atHand) return true;
        if (granted == null || granted.buffer().limit() < atHand) {
            long wanted = Math.min(length, Math.max(RequestMemory.SMALLEST_BYTES, GROWTH * atHand));
            if (granted != null) granted.giveBack();
            granted = null;
            RequestMemory.Lease lease = memory.take((int) wanted, waiter);
            starved = lease == null;
            if (starved) return false;
            granted = lease;
        }
        exchange();
        return true;
    }

    private void exchange() {
        RequestMemory.Lease smaller = gathered;
        gathered = granted;
        granted = null;
        if (smaller == null) return;
        gathered.buffer().put(smaller.buffer().flip());
        smaller.giveBack();
    }

    private ByteBuffer whole() {
        ByteBuffer frame = gathered.buffer().slice(0, length);
        begin();
        return frame;
    }

    private void begin() {
        state = State.LENGTH;
        lengthBytes = 0;
        length = 0;
    }

    private String whyNot(int length) {
        return "a frame of " + length + " bytes, where " + minFrameBytes + " to " + owner.maxFrameBytes() + " are allowed" + guess(length);
    }

    /// What speaks another protocol is often only a wrong port in somebody's settings.
    private static String guess(int length) {
        boolean tls = length >>> 8 == 0x160301 || length >>> 8 == 0x160303;
        if (tls) return "; this looks like TLS, which this listener does not speak";
        boolean http = length == 0x47455420 || length == 0x48454144 || length == 0x504F5354 || length == 0x50555420;
        return http ? "; this looks like HTTP, which is not spoken here" : "";
    }
}
