import AccessModel

/// Verifies an export with nothing but the public key, in one pass over its bytes; memory does not grow with the log.
///
/// What `onEntry` was given may be relied on only once ``finish()`` has found the log genuine, or up to the report's
/// `proven`.
public struct OfflineVerifier {
    /// The longest line that is read, in bytes.
    public static let maximumLineLength = 1 << 24

    private var reading: ExportReading
    private var pending: [UInt8] = []

    /// - Parameters:
    ///   - verifier: The log's public key, from elsewhere than the export.
    ///   - held: A checkpoint that the reader has kept from before. Without one, a file that was cut back to an
    ///     older checkpoint looks like an older export, because it is one.
    ///   - onEntry: Called with each record that was read.
    public init(verifier: CheckpointVerifier, held: Checkpoint? = nil, onEntry: ((Entry) -> Void)? = nil) {
        reading = ExportReading(verifier: verifier, held: held, onEntry: onEntry)
    }

    /// Takes the next bytes of the file, cut anywhere.
    public mutating func consume(_ bytes: some Collection<UInt8>) {
        guard !reading.isOver else { return }
        var rest = bytes[...]
        while let end = rest.firstIndex(of: lineFeed) {
            pending.append(contentsOf: rest[..<end])
            reading.read(line: pending[...])
            pending.removeAll(keepingCapacity: true)
            guard !reading.isOver else { return }
            rest = rest[rest.index(after: end)...]
        }
        pending.append(contentsOf: rest)
        if pending.count > Self.maximumLineLength {
            reading.refuseLine("the line is longer than 16 MiB")
            pending = []
        }
    }

    /// The file has ended.
    public mutating func finish() -> VerificationReport {
        reading.finish(hasRest: !pending.isEmpty)
    }

    /// Verifies a whole file.
    public static func verify(
        _ bytes: some Collection<UInt8>, verifier: CheckpointVerifier, held: Checkpoint? = nil
    ) -> VerificationReport {
        var offline = OfflineVerifier(verifier: verifier, held: held)
        offline.consume(bytes)
        return offline.finish()
    }

    /// Verifies a whole file with the texts that a user has: the public key, and a signed checkpoint from before.
    /// Throws when one of these is not what it should be; what is wrong with the file is in the report.
    public static func verify(
        _ bytes: some Collection<UInt8>, vkey: String, held: String? = nil
    ) throws(AuditError) -> VerificationReport {
        let verifier = try CheckpointVerifier(vkey: vkey)
        guard let held else { return verify(bytes, verifier: verifier) }
        return verify(bytes, verifier: verifier, held: try verifier.checkpoint(held))
    }
}
