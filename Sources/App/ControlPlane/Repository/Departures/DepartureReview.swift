import AccessModel
import ConnectorKit
import Forges
import Logging
import Persistence

/// Closes requests for departures that say what is not so any more: somebody was confirmed, came back, left after a move,
/// or stands in the files no longer. Merging such a one would take away what is meant to stand.
///
/// Nothing is asked of the forge while every request says what is so.
struct DepartureReview {
    let book: DepartureBook
    let repository: DefinitionRepository
    let forge: RepositoryForge
    let logger: Logger

    /// - Parameter departures: Those that there are now.
    func round(_ departures: [DepartureList.Departure]) async throws {
        let current = Dictionary(departures.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let unsettled = try await book.departures().filter { $0.state == .begun || $0.state == .opened }
        let branches = Dictionary(grouping: unsettled, by: \.branch)
        for (branch, rows) in branches.sorted(by: { $0.key < $1.key }) {
            let left = rows.compactMap { current[$0.key] }
            guard !DepartureBranch.proposes(left, in: branch) else { continue }
            try await close(branch, rows, left)
        }
    }

    private func close(
        _ branch: String, _ rows: [DepartureRequestStore.Departure], _ left: [DepartureList.Departure]
    ) async throws {
        let operation = "close what `\(branch)` proposes"
        let keys = rows.map(\.key)
        let request = try await forge.client.requests(from: branch, into: repository.branch, operation: operation)
            .first
        guard let request else { return try await book.keep(keys, .withdrawn, branch: branch) }
        guard case .open = request.state else {
            // What people decided stands; what was closed here before the server ended is proposed anew.
            return try await book.keep(
                keys, request.isWithdrawn ? .withdrawn : .settled, branch: branch, request: request.number)
        }
        let others = Set(left.map(\.person))
        let text = DepartureText.withdrawn(
            request, gone: keys.map(\.person).filter { !others.contains($0) }, others: others.sorted())
        try await forge.client.withdraw(request, text, operation: operation)
        try await book.keep(keys, .withdrawn, branch: branch, request: request.number)
        logger.info(
            "\(forge.client.noun) \(request.number) is closed: what it proposes is not so any more",
            metadata: ["branch": "\(branch)"])
    }
}
