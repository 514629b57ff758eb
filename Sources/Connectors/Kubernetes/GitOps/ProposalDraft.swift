import AccessModel
import ConnectorKit
import Forges

/// What is to be proposed next: what is merged, with what is proposed already and what was just asked for.
struct ProposalDraft {
    private let merged: ManifestSet
    private(set) var next: ManifestSet
    /// Of each edit whether it changes what is merged, or why it cannot be made.
    private var results: [Result<Bool, ConnectorError>] = []
    private var operations: [String] = []

    struct Refusal {
        let message: String
        let until: Instant
    }

    /// What a request that is open holds goes on, also where the base has moved: object by object, upon the new one.
    init(_ sight: ProposalSight) {
        merged = sight.merged
        next = sight.merged
        guard sight.openRequest != nil, let proposed = sight.proposed else { return }
        next.apply(proposed.set.difference(from: proposed.origin))
    }

    mutating func apply(_ proposed: ProposedEdit) {
        operations.append(proposed.operation)
        do throws(ConnectorError) {
            var (changed, alone) = (next, merged)
            try proposed.edit.apply(to: &changed, operation: proposed.operation)
            try proposed.edit.apply(to: &alone, operation: proposed.operation)
            next = changed
            results.append(.success(alone != merged))
        } catch {
            results.append(.failure(error))
        }
    }

    var difference: ManifestSet.Difference { next.difference(from: merged) }

    var contents: [String: [UInt8]] { next.contents }

    /// Nil for a file that goes.
    var changedFiles: [String: [UInt8]?] {
        let (old, new) = (merged.contents, next.contents)
        var files: [String: [UInt8]?] = [:]
        for name in Set(old.keys).union(new.keys) where old[name] != new[name] { files[name] = .some(new[name]) }
        return files
    }

    /// - Parameter note: For those that change something.
    func outcomes(_ request: ChangeRequest?, _ note: String) -> [Result<ProposalOutcome, ConnectorError>] {
        results.map { result in
            result.map { isChange in
                isChange && request != nil
                    ? ProposalOutcome(effect: .proposed, request: request, note: note)
                    : ProposalOutcome(effect: .alreadyHeld, request: nil, note: "the repository is so already")
            }
        }
    }

    /// For those that change something an error, which states when to try again.
    func refused(_ refusal: Refusal, at now: Instant) -> [Result<ProposalOutcome, ConnectorError>] {
        zip(results, operations).map { result, operation in
            result.flatMap { isChange in
                guard isChange else {
                    return .success(
                        ProposalOutcome(effect: .alreadyHeld, request: nil, note: "the repository is so already"))
                }
                return .failure(
                    ConnectorError(
                        code: .conflict, operation: operation, message: refusal.message,
                        retryAfter: Span(milliseconds: max(1, refusal.until.milliseconds - now.milliseconds))))
            }
        }
    }
}
