/// The four ways in which the records of a batch are compressed, behind one interface: [Compression].
///
/// Why not the libraries' own streams: they trust what they read. A length field of four bytes made snappy-java allocate two
/// gigabytes (CVE-2023-34455, CVE-2023-43642), the JDK's GZIP stream recurses once per empty member, and Kafka's LZ4 dialect is
/// narrower than the library's. So the framing is read here, with every length checked against the bytes that are left before
/// anything is allocated, and the libraries do what they are good at: one block at a time (LZ4, Snappy), the deflate and the
/// Zstandard stream.
///
/// Invariants: a decoder hands out at most `maxBytes`, and stops at most 64 KiB after; what is malformed is an
/// `IOException`, never a runtime exception of a library; no library is loaded before its codec is first used, so that a node
/// which never sees Zstandard or Snappy never unpacks their native code.
///
/// | codec  | form                                                                                       | source                        |
/// |--------|--------------------------------------------------------------------------------------------|-------------------------------|
/// | gzip   | one or more members; what follows the last is ignored                                      | RFC 1952                      |
/// | snappy | xerial frame (16-byte header, then chunks of length and block), or one bare block          | snappy-java, KafkaJS          |
/// | lz4    | one frame of independent blocks, without dictionary; content checksum skipped unverified   | LZ4 frame format 1.6, KIP-57  |
/// | zstd   | one or more frames, window up to 128 MiB                                                   | RFC 8878, KIP-110             |
///
/// This package knows nothing of records; `millrace.record` turns its exceptions into error codes.
package millrace.record.compression;
