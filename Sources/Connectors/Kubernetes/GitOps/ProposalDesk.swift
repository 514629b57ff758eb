import AccessModel
import ConnectorKit
import Synchronization

/// Takes changes to a repository, those that come at the same time together: one commit, one push, one request.
///
/// It keeps nothing but its own copy of the repository: what was proposed stands on the branch, what was taken up on the base,
/// and each time both are read again.
actor ProposalDesk {
    private struct Asked: Sendable {
        let edit: ManifestEdit
        let operation: String
        let answer: CheckedContinuation<Result<ProposalOutcome, ConnectorError>, Never>
    }

    private let settings: GitOpsSettings
    private let marks: OwnerMarks
    private let configuration: ConnectorConfiguration
    private var opened: ProposalRepository?
    private var isClosed = false
    private var last: Task<Void, Never>?
    private var waiting: [Asked] = []
    private var isAtWork = false

    /// How long the first of several changes waits for the others.
    private static let gathering = Duration.milliseconds(100)

    init(_ settings: GitOpsSettings, marks: OwnerMarks, _ configuration: ConnectorConfiguration) {
        self.settings = settings
        self.marks = marks
        self.configuration = configuration
    }

    nonisolated var lookAgainAfter: Span { settings.lookAgainAfter }

    /// What is merged and what is proposed.
    func sight(_ operation: String) async throws(ConnectorError) -> ProposalSight {
        try await alone(operation) { repository throws(ConnectorError) in try await repository.sight(operation) }
    }

    /// Puts a change on the branch and sees that a request is open for it, together with those of other callers.
    func propose(_ edit: ManifestEdit, _ operation: String) async throws(ConnectorError) -> ProposalOutcome {
        let result = await withCheckedContinuation { answer in
            waiting.append(Asked(edit: edit, operation: operation, answer: answer))
            guard !isAtWork else { return }
            isAtWork = true
            Task { await workOff() }
        }
        return try result.get()
    }

    func close() async {
        isClosed = true
        await last?.value
        let repository = opened
        opened = nil
        await repository?.close()
    }

    private func workOff() async {
        while !waiting.isEmpty {
            do {
                try await Task.sleep(for: Self.gathering)
            } catch {
                // Whoever waits is answered all the same.
            }
            let round = waiting
            waiting = []
            await answer(round)
        }
        isAtWork = false
    }

    private func answer(_ round: [Asked]) async {
        let edits = round.map { ProposedEdit(edit: $0.edit, operation: $0.operation) }
        let operation = round.count == 1 ? round[0].operation : "propose \(round.count) changes"
        do throws(ConnectorError) {
            let results = try await alone(operation) { repository throws(ConnectorError) in
                try await repository.propose(edits, operation)
            }
            for (asked, result) in zip(round, results) { asked.answer.resume(returning: result) }
        } catch {
            for asked in round { asked.answer.resume(returning: .failure(error)) }
        }
    }

    // MARK: One at a time

    private func alone<Value: Sendable>(
        _ operation: String,
        _ body: @escaping @Sendable (ProposalRepository) async throws(ConnectorError) -> Value
    ) async throws(ConnectorError) -> Value {
        let before = last
        let turn = Task { () async -> Result<Value, ConnectorError> in
            await before?.value
            do throws(ConnectorError) {
                return .success(try await body(try await repository(operation)))
            } catch {
                return .failure(error)
            }
        }
        last = Task { _ = await turn.value }
        return try await turn.value.get()
    }

    private func repository(_ operation: String) async throws(ConnectorError) -> ProposalRepository {
        guard !isClosed else {
            throw ConnectorError(code: .unreachable, operation: operation, message: "the connector is closed")
        }
        if let opened { return opened }
        let repository = try await ProposalRepository.open(settings, marks: marks, configuration, operation)
        opened = repository
        return repository
    }
}

/// A change on its way to the repository.
struct ProposedEdit: Sendable {
    let edit: ManifestEdit
    /// What is being done, for errors.
    let operation: String
}
