import AccessModel
import Definitions

/// Which declared workload a runner's token is, decided by what the token says alone: the issuer, the audience and the
/// subject that the definitions have, to the byte.
public struct WorkloadMatch: Hashable, Sendable {
    /// With everything that was wanted and found.
    public let verdict: TokenVerdict
    /// The one that it is; nil where the verdict refuses it.
    public let workload: Workload?

    /// How long a runner's token may be good for.
    static let longestLifetime = Span.hours(24)

    /// - Parameters:
    ///   - workloads: All that are declared.
    ///   - group: Where one subject is declared for several groups, which of them is meant.
    public init(
        _ token: SignedToken, of workloads: [Workload], group: Group?, keys: KeySet,
        algorithms: Set<SigningAlgorithm>, at now: Instant
    ) {
        let candidates = Self.candidates(token, workloads, group)
        let judged = candidates.map { workload in
            let rules = TokenRules(
                issuer: workload.issuer, audience: workload.audience, kind: .workload, algorithms: algorithms,
                maximumLifetime: Self.longestLifetime, subject: workload.subject)
            var verdict = rules.judge(token, keys, at: now)
            verdict.findings += Self.standing(of: workload, at: now)
            return (workload: workload, verdict: verdict)
        }
        let accepted = judged.filter(\.verdict.isAccepted)
        guard let best = accepted.first ?? judged.min(by: { $0.verdict.refusals.count < $1.verdict.refusals.count })
        else {
            verdict = Self.nobody(token, group)
            workload = nil
            return
        }
        guard accepted.count < 2 else {
            let names = accepted.map { "\($0.workload.tenant)/\($0.workload.tier)/operator" }.sorted()
            var verdict = best.verdict
            verdict.findings.append(
                TokenVerdict.Finding(
                    "group", wanted: "one operator group", found: names.joined(separator: ", "),
                    refusal: "the subject is declared for several; say which by `scope`"))
            self.verdict = verdict
            workload = nil
            return
        }
        verdict = best.verdict
        workload = best.verdict.isAccepted ? best.workload : nil
    }

    /// Those of the token's issuer, and of the group that is meant. Where that leaves none of the subject's, those of the
    /// issuer that come nearest are judged, so that a refusal can say what was wanted.
    private static func candidates(_ token: SignedToken, _ workloads: [Workload], _ group: Group?) -> [Workload] {
        guard let claims = TokenClaims(token), let issuer = claims.issuer, !issuer.isEmpty else { return [] }
        let declared = workloads.filter { workload in
            workload.secretTimeToLive == nil && workload.issuer.utf8.elementsEqual(issuer.utf8)
                && (group == nil || (workload.tenant == group?.tenant && workload.tier == group?.tier))
        }
        let subject = claims.subject ?? ""
        let same = declared.filter { $0.subject.utf8.elementsEqual(subject.utf8) }
        guard same.isEmpty else { return same }
        func nearness(_ workload: Workload) -> Int {
            zip(workload.subject.utf8, subject.utf8).prefix { $0 == $1 }.count
        }
        return declared.max { nearness($0) < nearness($1) }.map { [$0] } ?? []
    }

    private static func nobody(_ token: SignedToken, _ group: Group?) -> TokenVerdict {
        let claims = TokenClaims(token)
        let wanted =
            group.map { "the issuer of a workload that \($0.path) declares" } ?? "the issuer of a declared workload"
        return TokenVerdict([
            TokenVerdict.Finding(
                "iss", wanted: wanted, found: claims?.issuer, refusal: "no workload of this issuer is declared"),
            TokenVerdict.Finding(
                "sub", wanted: "a declared subject", found: claims?.subject,
                refusal: "no workload of its issuer is declared"),
        ])
    }

    private static func standing(of workload: Workload, at now: Instant) -> [TokenVerdict.Finding] {
        guard let end = workload.end else { return [] }
        return [
            TokenVerdict.Finding(
                "workload", wanted: "declared until \(end.lastDay)", found: workload.identity.description,
                refusal: workload.isOver(at: now) ? "its declaration is over" : nil)
        ]
    }
}

extension Organization {
    /// Every workload of every tenant and core group.
    public var workloads: [Workload] { tenants.flatMap(\.workloads) + core.groups.flatMap(\.workloads) }
}
