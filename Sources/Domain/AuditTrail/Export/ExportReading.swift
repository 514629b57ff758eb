import AccessModel

/// The state of a verification between two lines.
struct ExportReading {
    private enum Phase {
        case header, records, ended, refused
    }

    /// A record whose leaf does not have the hash that stands beside it. Which of the two was changed, the next
    /// checkpoint tells; until then both trees are kept.
    private struct Mismatch {
        let record: Int
        let line: Int
        let problem: String
        /// The tree of the stated hashes.
        var stated: CompactRange
    }

    private let verifier: CheckpointVerifier
    private let held: Checkpoint?
    private let onEntry: ((Entry) -> Void)?

    private var phase = Phase.header
    private var line = 0
    private var origin = ""
    private var tree = CompactRange()
    private var checkpoints = 0
    private var proven: Checkpoint?
    private var mismatch: Mismatch?
    /// The line at which the tree differed from the checkpoint that the reader holds.
    private var heldMismatchLine: Int?
    private var firstAt: Instant?
    private var lastAt: Instant?
    private var backwards = 0
    private var firstBackwards: Int?
    private var finding: VerificationReport.Finding?

    init(verifier: CheckpointVerifier, held: Checkpoint?, onEntry: ((Entry) -> Void)?) {
        self.verifier = verifier
        self.held = held
        self.onEntry = onEntry
    }

    /// Whether nothing that follows can change the report.
    var isOver: Bool { phase == .refused }

    mutating func read(line bytes: ArraySlice<UInt8>) {
        line += 1
        switch phase {
        case .refused: return
        case .header: header(bytes)
        case .ended: refuse(.end, "something stands after the last line of the export")
        case .records:
            switch ExportLine(bytes) {
            case .record(let hash, let leaf): record(hash: hash, leaf: leaf)
            case .checkpoint(let note): checkpoint(note)
            case .end(let checkpoints, let records): end(checkpoints: checkpoints, records: records)
            case nil: refuse(.line, record: tree.size, "this is not a line of an export in canonical form")
            }
        }
    }

    mutating func refuseLine(_ message: String) {
        line += 1
        refuse(.line, record: phase == .records ? tree.size : nil, message)
    }

    mutating func finish(hasRest: Bool) -> VerificationReport {
        if hasRest || phase == .header || phase == .records {
            line += 1
            refuse(
                phase == .ended ? .end : .truncated, record: phase == .records ? tree.size : nil,
                phase == .ended
                    ? "something stands after the last line of the export" : "the file ends before the export does")
        }
        var report = VerificationReport(origin: origin, records: tree.size)
        report.proven = proven?.size ?? 0
        report.checkpoint = proven
        report.firstAt = firstAt
        report.lastAt = lastAt
        report.backwards = backwards
        report.firstBackwards = firstBackwards
        report.finding = finding
        return report
    }
}

// MARK: lines

extension ExportReading {
    private mutating func header(_ bytes: ArraySlice<UInt8>) {
        guard let origin = ExportLine.origin(header: bytes) else {
            return refuse(.header, "the first line is not `{\"format\":\"\(AuditExport.format)\",\"origin\":...}`")
        }
        self.origin = origin
        guard origin.utf8.elementsEqual(verifier.name.utf8) else {
            return refuse(.header, "it is an export of `\(origin)`, the key is that of `\(verifier.name)`")
        }
        phase = .records
        compareWithHeld()
    }

    private mutating func record(hash: MerkleHash, leaf: ArraySlice<UInt8>) {
        let actual = MerkleHash.leaf(leaf)
        do {
            let entry = try Entry(leaf: leaf)
            if entry.seq == tree.size {
                note(entry)
            } else if actual == hash {
                return refuse(misplaced: entry.seq)
            } else {
                note(mismatch: "its leaf was changed: it bears the number \(entry.seq)")
            }
        } catch {
            guard actual != hash else { return refuse(.record, record: tree.size, error.message) }
            note(mismatch: "its leaf was changed: \(error.message)")
        }
        if actual != hash { note(mismatch: "its leaf does not have the hash that stands beside it") }
        tree.append(actual)
        mismatch?.stated.append(hash)
        compareWithHeld()
    }

    private mutating func checkpoint(_ text: String) {
        let note: SignedNote
        let checkpoint: Checkpoint
        do {
            note = try SignedNote(text)
            checkpoint = try verifier.checkpoint(note)
        } catch {
            return refuse(error.code == .signature ? .signature : .checkpoint, "the checkpoint: \(error.message)")
        }
        guard note.encoded.utf8.elementsEqual(text.utf8) else {
            return refuse(.checkpoint, "the checkpoint is not written in its one form")
        }
        guard checkpoint.size == tree.size, proven.map({ $0.size < checkpoint.size }) ?? true else {
            return refuse(
                .checkpoint, record: checkpoint.size > tree.size ? tree.size : nil, range: unproven,
                "the checkpoint covers \(checkpoint.size) records and stands behind \(tree.size)"
                    + (proven.map { ", after one of \($0.size)" } ?? ""))
        }
        settle(with: checkpoint)
    }

    private mutating func end(checkpoints: Int, records: Int) {
        guard checkpoints == self.checkpoints, records == tree.size else {
            return refuse(
                .end, record: records > tree.size ? tree.size : nil,
                "the last line counts \(records) records and \(checkpoints) checkpoints, the file holds "
                    + "\(tree.size) and \(self.checkpoints)")
        }
        guard let proven, proven.size == tree.size else {
            return refuse(.checkpoint, range: unproven, "no signed checkpoint covers the last records")
        }
        if let held, held.size > tree.size {
            return refuse(
                .behind, record: tree.size,
                "the log ends here, but the checkpoint that you hold vouches for \(held.size) records")
        }
        phase = .ended
    }
}

// MARK: judgement

extension ExportReading {
    /// The records that no checkpoint vouches for yet.
    private var unproven: ClosedRange<Int>? {
        let start = proven?.size ?? 0
        return start < tree.size ? start...(tree.size - 1) : nil
    }

    private mutating func note(_ entry: Entry) {
        if let lastAt, entry.record.at < lastAt {
            backwards += 1
            firstBackwards = firstBackwards ?? entry.seq
        }
        firstAt = firstAt ?? entry.record.at
        lastAt = entry.record.at
        onEntry?(entry)
    }

    private mutating func note(mismatch problem: String) {
        guard mismatch == nil else { return }
        mismatch = Mismatch(record: tree.size, line: line, problem: problem, stated: tree)
    }

    private mutating func compareWithHeld() {
        guard let held, held.size == tree.size, held.root != tree.root else { return }
        heldMismatchLine = line
    }

    /// Judges everything since the last checkpoint by a signed one that stands here.
    private mutating func settle(with checkpoint: Checkpoint) {
        let isWhole = tree.root == checkpoint.root
        if let mismatch {
            let isLeaf = mismatch.stated.root == checkpoint.root
            let others = "; other records from \(proven?.size ?? 0) to \(tree.size - 1) may have been changed too"
            let verdict =
                isWhole
                ? "the hash beside it was changed, its leaf is genuine"
                : mismatch.problem + (isLeaf ? "; the signed root proves the hash" : others)
            return refuse(.record, record: mismatch.record, line: mismatch.line, verdict)
        }
        guard isWhole else {
            // A tree that differed from the held checkpoint already did so before this one.
            let start = proven?.size ?? 0
            let end = heldMismatchLine == nil ? tree.size : max(held?.size ?? tree.size, start + 1)
            return refuse(
                .root, range: start < end ? start...(end - 1) : unproven,
                "these records do not have the root that the checkpoint vouches for")
        }
        if let heldMismatchLine, let held {
            proven = nil
            return refuse(
                .forked, range: 0...max(0, held.size - 1), line: heldMismatchLine,
                "the key has signed two histories: the first \(held.size) records are not those of the checkpoint "
                    + "that you hold")
        }
        proven = checkpoint
        checkpoints += 1
    }

    private mutating func refuse(misplaced seq: Int) {
        if seq < tree.size {
            refuse(.duplicate, record: seq, "it stands more than once; record \(tree.size) should stand here")
        } else {
            refuse(.order, record: tree.size, "it is missing or out of order; record \(seq) stands in its place")
        }
    }

    /// Ends the reading. A record that was seen to be bad before comes first.
    private mutating func refuse(
        _ code: VerificationReport.Finding.Code, record: Int? = nil, range: ClosedRange<Int>? = nil,
        line: Int? = nil, _ message: String
    ) {
        guard finding == nil else { return }
        phase = .refused
        if let mismatch, line != mismatch.line {
            finding = VerificationReport.Finding(
                code: .record, line: mismatch.line, record: mismatch.record, range: nil, message: mismatch.problem)
            return
        }
        let exact = record ?? (range?.count == 1 ? range?.lowerBound : nil)
        finding = VerificationReport.Finding(
            code: code, line: line ?? self.line, record: exact, range: exact == nil ? range : nil, message: message)
    }
}
