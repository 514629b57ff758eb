import AccessModel
import Forges

/// What the repository and its forge show at one moment.
struct ProposalSight: Sendable {
    /// For people: `main of https://...`.
    let place: String
    /// What the forge calls a request.
    let noun: String
    let base: GitCommit
    let branch: GitCommit?
    /// What the cluster is, or is about to be, kept from.
    let merged: ManifestSet
    /// What Tenure proposed last; nil where the branch is not there, or not as Tenure left it.
    let proposed: Proposed?
    /// Of the branch, the newest; what became of it.
    let request: ChangeRequest?

    struct Proposed: Sendable {
        let set: ManifestSet
        /// What it was made from.
        let origin: ManifestSet
    }

    /// The request that waits to be merged.
    var openRequest: ChangeRequest? { request?.state == .open ? request : nil }

    /// Whether a request is open with just what Tenure proposed, made from what is merged now. Else it is made anew with
    /// the next change.
    var isCurrent: Bool { openRequest != nil && proposed?.origin.contents == merged.contents }

    /// What the repository is to hold as far as Tenure has said so: once the request is merged, if one is open.
    var wanted: ManifestSet { isCurrent ? proposed?.set ?? merged : merged }

    /// Whether somebody else wrote to the branch of an open request.
    var hasStranger: Bool { openRequest != nil && branch != nil && proposed == nil }

    /// `pull request 7 (https://...)`
    func title(_ request: ChangeRequest) -> String {
        "\(noun) \(request.number)\(request.url.isEmpty ? "" : " (\(request.url))")"
    }

    /// What an operator should know.
    var findings: [String] {
        var texts = [
            "changes are proposed to \(place): what is taken away holds until it is merged and has reached the cluster"
        ]
        texts += merged.problems.map { "the repository's file cannot be read: \($0)" }
        guard let request else { return texts }
        switch request.state {
        case .open where hasStranger:
            texts.append(
                "the branch of \(title(request)) holds commit \(branch?.short ?? "") by \(branch?.author ?? ""), which is not "
                    + "Tenure's; it is written anew with the next change")
        case .open: texts.append("\(title(request)) waits to be merged")
        case .closed where !request.isWithdrawn: texts.append("\(title(request)) was closed without being merged")
        case .closed, .merged: break
        }
        return texts
    }
}

/// What became of a change that was proposed.
struct ProposalOutcome: Sendable {
    let effect: Receipt.Effect
    let request: ChangeRequest?
    let note: String
}
