import Testing

@testable import AuditTrail

@Suite("Rollback guard")
struct RollbackGuardTests {
    private func compare(_ log: SampleLog, held: Checkpoint?) throws -> RollbackGuard.Outcome {
        let tree = log.tree.tree
        return try RollbackGuard.compare(held: held, size: tree.size) { try tree.root(size: $0) }
    }

    @Test("a log that is as it was, or has grown, is consistent")
    func consistent() throws {
        let log = try SampleLog()
        for size in SampleLog.checkpointSizes {
            #expect(try compare(log, held: try log.checkpoint(size)) == .consistent)
        }
    }

    @Test("a database that was restored from an old copy is noticed")
    func behind() throws {
        let now = try SampleLog()
        for size in [0, 1, 28, 49] {
            let old = try SampleLog(records: size)
            #expect(try compare(old, held: try now.checkpoint(50)) == .behind(held: 50, stored: size))
        }
    }

    @Test("a database that was restored and went on otherwise is noticed")
    func forked() throws {
        let other = try SampleLog(variant: 1)
        let held = try SampleLog().checkpoint(28)
        #expect(try compare(other, held: held) == .forked(size: 28))
        #expect(try compare(other, held: try SampleLog().checkpoint(20)) == .consistent)
    }

    @Test("without a checkpoint only an empty log is known to be whole")
    func unknown() throws {
        #expect(try compare(try SampleLog(records: 0), held: nil) == .consistent)
        #expect(try compare(try SampleLog(records: 1), held: nil) == .unknown)
    }
}
