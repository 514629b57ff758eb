import AccessModel
import ConnectorKit
import Foundation

/// One process's view of a directory's file, and the only way into it.
///
/// Whoever comes first serves all who came meanwhile, under the lock that other processes take too: it reads what they
/// appended, lets each request see and change the contents, appends one batch, flushes once, and only then answers.
/// So a wave of changes costs a few flushes, and what was answered is on disk.
actor DirectoryFile {
    private struct Job {
        /// Does its part on the contents and hands back how to answer once that is on disk.
        let run: (inout DirectoryContents, inout [DirectoryEntry]) -> (@Sendable () -> Void)
        let fail: @Sendable (ConnectorError.Code, String) -> Void
        let isWrite: Bool
    }

    private let store: DirectoryStore
    private let name: String
    private var image = DirectoryImage()
    private var stamp: FileStamp?
    private var mustRewrite = false
    private var jobs: [Job] = []
    private var isServing = false
    private let lock: FileLock

    init(path: String, name: String) {
        store = DirectoryStore(path: path)
        lock = FileLock(path: path + ".lock")
        self.name = name
    }

    func close() { lock.close() }

    /// Looks at the contents as they are on disk.
    func read<Value: Sendable>(
        operation: String, _ body: @escaping @Sendable (DirectoryContents) -> Value
    ) async throws(ConnectorError) -> Value {
        try await submit(operation: operation, isWrite: false) { contents, _ in .success(body(contents)) }
    }

    /// Writes the entries that `body` finds necessary, and returns them once they are on disk.
    func write(
        operation: String,
        _ body: @escaping @Sendable (DirectoryContents) throws(ConnectorError) -> [DirectoryEntry]
    ) async throws(ConnectorError) -> [DirectoryEntry] {
        try await submit(operation: operation, isWrite: true) { contents, pending in
            do throws(ConnectorError) {
                let entries = try body(contents)
                for entry in entries { contents.execute(entry) }
                pending += entries
                return .success(entries)
            } catch {
                return .failure(error)
            }
        }
    }

    private typealias Work<Value> =
        @Sendable (
            inout DirectoryContents, inout [DirectoryEntry]
        ) -> Result<Value, ConnectorError>

    private func submit<Value: Sendable>(
        operation: String, isWrite: Bool, _ work: @escaping Work<Value>
    ) async throws(ConnectorError) -> Value {
        let described = "\(operation) in \(name)"
        let result: Result<Value, ConnectorError> = await withCheckedContinuation { continuation in
            jobs.append(
                Job(
                    run: { contents, pending in
                        let result = work(&contents, &pending)
                        return { continuation.resume(returning: result) }
                    },
                    fail: { code, message in
                        let error = ConnectorError(code: code, operation: described, message: message)
                        continuation.resume(returning: .failure(error))
                    }, isWrite: isWrite))
            if !isServing {
                isServing = true
                Task { await serve() }
            }
        }
        return try result.get()
    }

    private func serve() async {
        while !jobs.isEmpty {
            // Those who are on their way come along.
            await Task.yield()
            let isLocked = await acquireLock()
            let batch = jobs
            jobs = []
            switch isLocked {
            case .success:
                serve(batch)
                lock.release()
            case .failure(let failure):
                for job in batch { job.fail(failure.code, failure.message) }
            }
        }
        isServing = false
    }

    /// Waits without holding a thread.
    private func acquireLock() async -> Result<Void, StoreFailure> {
        if !jobs.contains(where: \.isWrite), store.isUntouched, !lock.exists { return .success(()) }
        for round in 0..<2_000 {
            do throws(StoreFailure) {
                if try lock.tryAcquire() { return .success(()) }
            } catch {
                return .failure(error)
            }
            await RateLimiter.systemSleep(Span(milliseconds: round < 20 ? 1 : 5))
        }
        return .failure(StoreFailure(.unreachable, "another process has held `\(store.path).lock` for ten seconds"))
    }

    /// One batch, without a pause: nobody else gets in between.
    private func serve(_ batch: [Job]) {
        var answers: [@Sendable () -> Void] = []
        do throws(StoreFailure) {
            try refresh()
            var pending: [DirectoryEntry] = []
            let old = (id: image.id, length: image.length, journaled: image.journaled)
            var contents = image.takeContents()
            // Should the writing fail, what is in memory is not what is on disk.
            let valid = stamp
            stamp = nil
            for job in batch { answers.append(job.run(&contents, &pending)) }
            if pending.isEmpty && !mustRewrite {
                if let id = old.id {
                    image.adopt(contents, id: id, length: old.length, journaled: old.journaled)
                    stamp = valid
                }
            } else {
                try write(pending, onto: contents, old.id, old.length, old.journaled)
            }
        } catch {
            for job in batch { job.fail(error.code, error.message) }
            return
        }
        for answer in answers { answer() }
    }

    private func refresh() throws(StoreFailure) {
        let marker = try lock.readMarker()
        guard let current = try store.stamp() else {
            guard marker == nil, image.id == nil else {
                throw StoreFailure(
                    .incomplete,
                    "`\(store.path)` has vanished; put it back, or remove `\(store.path).lock` to begin with nothing")
            }
            image = DirectoryImage()
            stamp = nil
            return
        }
        if current != stamp {
            let isGrown = stamp.map { $0.isSameFile(as: current) && current.size > $0.size } ?? false
            var next = isGrown ? image : DirectoryImage()
            image = DirectoryImage()
            stamp = nil
            let bytes = try store.read(from: next.length)
            do throws(DirectoryImage.Damage) {
                try next.read(bytes)
            } catch {
                throw StoreFailure(
                    .incomplete, "`\(store.path)` is damaged (\(error.message), line \(error.line)); restore a copy")
            }
            image = next
            stamp = current
        }
        if marker == nil, let id = image.id { try lock.writeMarker(id) }
        guard marker == nil || marker == image.id else {
            stamp = nil
            throw StoreFailure(
                .configuration,
                "`\(store.path)` is another directory than before; put the old one back, or remove `\(store.path).lock`"
            )
        }
    }

    private func write(
        _ pending: [DirectoryEntry], onto contents: DirectoryContents, _ oldID: String?, _ length: Int, _ journaled: Int
    ) throws(StoreFailure) {
        let isLong = journaled + pending.count > max(1_000, 4 * contents.count)
        if let oldID, !mustRewrite, !isLong {
            let bytes = DirectoryImage.batch(pending)
            do throws(StoreFailure) {
                try store.append(bytes, at: length)
            } catch {
                // What the kernel holds after a failed flush is anybody's guess.
                mustRewrite = true
                throw error
            }
            image.adopt(contents, id: oldID, length: length + bytes.count, journaled: journaled + pending.count)
        } else {
            let id = oldID ?? String(UInt64.random(in: .min ... .max), radix: 16)
            let bytes = DirectoryImage.whole(id: id, contents)
            mustRewrite = true
            try store.replace(with: bytes)
            try lock.writeMarker(id)
            mustRewrite = false
            image.adopt(contents, id: id, length: bytes.count, journaled: 0)
        }
        stamp = try store.stamp()
    }
}
