import AccessModel
import ConnectorKit
import Forges
import Foundation

/// A repository and its forge, read and written by one caller at a time.
struct ProposalRepository: Sendable {
    let settings: GitOpsSettings
    let marks: OwnerMarks
    let target: Slug
    let clock: @Sendable () -> Instant
    let mirror: GitMirror
    let forge: any Forge
    let proof: CommitProof

    static func open(
        _ settings: GitOpsSettings, marks: OwnerMarks, _ configuration: ConnectorConfiguration, _ operation: String
    ) async throws(ConnectorError) -> ProposalRepository {
        let token = try settings.forge.token.resolve(
            target: configuration.target, baseDirectory: configuration.baseDirectory)
        let forge = try settings.forge.place.connect(token: token, clock: configuration.clock)
        let isRemote = !settings.repository.hasPrefix("file:")
        let mirror = try await GitMirror.make(
            settings, authorization: isRemote ? settings.forge.place.kind.gitAuthorization(token) : nil,
            operation: operation)
        return ProposalRepository(
            settings: settings, marks: marks, target: configuration.target, clock: configuration.clock, mirror: mirror,
            forge: forge, proof: CommitProof(token))
    }

    func close() async {
        await forge.close()
        mirror.remove()
    }

    /// Requests first: one that is merged in between is then found merged, not lost.
    func sight(_ operation: String) async throws(ConnectorError) -> ProposalSight {
        let requests = try await forge.requests(from: settings.branch, into: settings.base, operation: operation)
        let heads = try await mirror.heads(operation)
        let merged = try await mirror.contents(at: heads.base.id, operation)
        return ProposalSight(
            place: "`\(settings.base)` of \(settings.repository)", noun: forge.noun, base: heads.base,
            branch: heads.branch, merged: ManifestSet(merged, marks),
            proposed: try await proposed(heads, operation),
            request: requests.first { $0.state == .open } ?? requests.first)
    }

    private func proposed(
        _ heads: GitMirror.Heads, _ operation: String
    ) async throws(ConnectorError) -> ProposalSight.Proposed? {
        guard let branch = heads.branch, let parent = branch.parents.first else { return nil }
        let contents = try await mirror.contents(at: branch.id, operation)
        guard proof.proves(branch, path: settings.path, contents: contents),
            try await mirror.staysInFolder(branch, parent: parent, operation)
        else { return nil }
        let origin = try await mirror.contents(at: parent, operation)
        return ProposalSight.Proposed(set: ManifestSet(contents, marks), origin: ManifestSet(origin, marks))
    }

    // MARK: Proposing

    /// Puts changes upon what is merged, beside those that are proposed already.
    func propose(
        _ edits: [ProposedEdit], _ operation: String
    ) async throws(ConnectorError) -> [Result<ProposalOutcome, ConnectorError>] {
        let sight = try await sight(operation)
        var draft = ProposalDraft(sight)
        for edit in edits { draft.apply(edit) }
        guard !draft.difference.isEmpty else {
            try await withdraw(sight, operation)
            return draft.outcomes(nil, "\(sight.place) is so already")
        }
        if let refusal = refusal(sight) { return draft.refused(refusal, at: clock()) }
        let text = text(of: draft.difference)
        let isNew = sight.branch == nil || !sight.isCurrent || draft.contents != sight.proposed?.set.contents
        if isNew {
            let code = proof.code(parent: sight.base.id, path: settings.path, contents: draft.contents)
            let message =
                "\(text.title)\n\n\(lines(of: draft.difference).joined(separator: "\n"))\n\n"
                + "Tenure-Target: \(target)\n\(CommitProof.trailer): \(code)\n"
            try await mirror.push(
                draft.changedFiles, message: message, onto: sight.base, replacing: sight.branch, at: clock(), operation)
        }
        let request = try await request(sight, text, isNew: isNew, operation)
        return draft.outcomes(request, "\(sight.title(request)) proposes it to \(sight.place)\(remark(on: sight))")
    }

    /// What happened to what was proposed before, where it was not taken up as it was.
    private func remark(on sight: ProposalSight) -> String {
        if sight.hasStranger, let branch = sight.branch {
            return
                "; its branch held commit \(branch.short) by \(branch.author), which is not Tenure's, and was written anew"
        }
        if sight.openRequest != nil, sight.proposed != nil, !sight.isCurrent {
            return "; it was made anew, for \(settings.base) has changed"
        }
        switch sight.request?.state {
        case .open where sight.branch == nil: return "; its branch was gone and was made anew"
        case .closed where sight.request?.isWithdrawn == false:
            return "; \(sight.noun) \(sight.request?.number ?? 0) was closed without being merged"
        case .merged where sight.proposed?.set.difference(from: sight.merged).isEmpty == false:
            return "; \(sight.noun) \(sight.request?.number ?? 0) was merged otherwise than it was proposed"
        default: return ""
        }
    }

    /// While somebody's refusal stands, and until when.
    private func refusal(_ sight: ProposalSight) -> ProposalDraft.Refusal? {
        guard let request = sight.request, case .closed(let closed) = request.state, !request.isWithdrawn,
            let closed, clock() < closed + settings.proposeAgainAfter
        else { return nil }
        let until = closed + settings.proposeAgainAfter
        return ProposalDraft.Refusal(
            message:
                "\(sight.title(request)) was closed without being merged; the same is proposed anew after \(until), or goes "
                + "on when the \(sight.noun) is reopened", until: until)
    }

    private func request(
        _ sight: ProposalSight, _ text: RequestText, isNew: Bool, _ operation: String
    ) async throws(ConnectorError) -> ChangeRequest {
        if let request = sight.openRequest {
            if isNew { try await forge.update(request, text, operation: operation) }
            return request
        }
        do throws(ConnectorError) {
            return try await forge.open(text, from: settings.branch, into: settings.base, operation: operation)
        } catch {
            // Its answer was lost, or another node was faster.
            guard error.code == .conflict else { throw error }
            let requests = try await forge.requests(from: settings.branch, into: settings.base, operation: operation)
            guard let request = requests.first(where: { $0.state == .open }) else { throw error }
            return request
        }
    }

    /// Nothing is left to propose.
    private func withdraw(_ sight: ProposalSight, _ operation: String) async throws(ConnectorError) {
        guard let request = sight.openRequest else { return }
        let text = RequestText(
            title: title, body: "Nothing is left to change.\n\n\(ChangeRequest.withdrawnMark)")
        try await forge.withdraw(request, text, operation: operation)
        if let branch = sight.branch, sight.proposed != nil { try await mirror.deleteBranch(branch, operation) }
    }

    // MARK: Texts

    private var title: String { "Tenure: access in \(target)" }

    private func lines(of difference: ManifestSet.Difference) -> [String] {
        let all = difference.puts.map { "+ \($0.key)" } + difference.removes.map { "- \($0)" }
        // A forge takes 65,536 characters.
        return Array(all.prefix(100)) + (all.count > 100 ? ["and \(all.count - 100) more"] : [])
    }

    private func text(of difference: ManifestSet.Difference) -> RequestText {
        let taken = difference.removes.count
        let warning =
            taken == 0
            ? "" : "\n\nUntil this is merged and has reached the cluster, what is removed here remains in force."
        return RequestText(
            title: title,
            body: """
                Proposed by Tenure for target `\(target)`: \(difference.puts.count) objects as they should be, \(taken) removed.

                ```
                \(lines(of: difference).joined(separator: "\n"))
                ```

                The branch is Tenure's own: it is written anew when something changes, and other commits on it are lost.\(warning)
                """)
    }
}
