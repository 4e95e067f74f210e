package millrace.wire;

import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.List;

import millrace.ports.FileRecords;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.BufferWriter;
import millrace.protocol.Message;
import millrace.protocol.SizingWriter;
import millrace.protocol.message.RequestHeader;
import millrace.protocol.message.ResponseHeader;
import millrace.record.MemoryRecords;

/// A message as the link takes it: length, header and body in one buffer, cut open where records are spliced in.
///
/// @param parts [ByteBuffer] and [FileRecords], in order; whoever does not send them [#drop]s them
/// @param sizeInBytes of all of it
record OutgoingMessage(List<Object> parts, long sizeInBytes) {
    static OutgoingMessage response(int correlationId, ApiKey key, short version, ApiResponse response) {
        var header = ResponseHeader.builder().correlationId(correlationId).build();
        try {
            return encode(header, key.responseHeaderVersion(version), response, version);
        } catch (RuntimeException | Error failure) {
            releaseAllIn(response);
            throw failure;
        }
    }

    static OutgoingMessage request(int correlationId, String clientId, short version, ApiRequest request) {
        ApiKey key = request.apiKey();
        var header = RequestHeader.builder().requestApiKey(key.id()).requestApiVersion(version)
            .correlationId(correlationId).clientId(clientId).build();
        return encode(header, key.requestHeaderVersion(version), request, version);
    }

    void drop() {
        for (Object part : parts) if (part instanceof FileRecords region) region.release();
    }

    private static OutgoingMessage encode(Message header, short headerVersion, Message body, short version) {
        var sizing = new SizingWriter();
        header.write(sizing, headerVersion);
        body.write(sizing, version);
        int total = Math.toIntExact(sizing.size());
        ByteBuffer target = ByteBuffer.allocate(FrameAssembler.LENGTH_BYTES + Math.toIntExact(sizing.inlineSize()));
        var writer = BufferWriter.into(target);
        writer.int32(total);
        header.write(writer, headerVersion);
        body.write(writer, version);
        List<Object> parts = writer.parts();
        parts.replaceAll(part -> part instanceof MemoryRecords inMemory ? inMemory.bytes().duplicate() : part);
        return new OutgoingMessage(parts, (long) FrameAssembler.LENGTH_BYTES + total);
    }

    /// A response that cannot be written still holds its file regions. Rare, so it may look for them by reflection.
    private static void releaseAllIn(Object value) {
        switch (value) {
            case FileRecords region -> region.release();
            case List<?> list -> list.forEach(OutgoingMessage::releaseAllIn);
            case Record message -> {
                for (RecordComponent component : message.getClass().getRecordComponents()) releaseAllIn(valueOf(component, message));
            }
            case null, default -> { }
        }
    }

    private static Object valueOf(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException unreachable) {
            return null;
        }
    }
}
