import AccessModel
import Definitions
import StrictJSON

/// A question as it was decided: what a record keeps of it, so that it can be decided again by other policies.
///
/// In a record `policy.decided` it stands at `detail.decision`; in `plan.decided` under `decisions`, one for each
/// change of which something was said.
public struct DecidedQuestion: Sendable {
    /// What it is about, in words: a request's id, a change's id.
    public let about: String
    public let question: PolicyQuestion
    /// What agents said of it.
    public let external: [Slug: ExternalAnswer]
    public let verdict: Decision.Verdict
    /// The policies that denied, held or asked for approval.
    public let by: [Slug]
    /// The decision whole.
    public let decision: JSONValue

    public init(
        about: String, question: PolicyQuestion, external: [Slug: ExternalAnswer] = [:], decision: Decision
    ) {
        self.about = about
        self.question = question
        self.external = external
        verdict = decision.verdict
        by = decision.decisive
        self.decision = decision.json
    }

    /// One of which the verdict is known, and not all that was said.
    init(
        about: String, question: PolicyQuestion, external: [Slug: ExternalAnswer], verdict: Decision.Verdict,
        by: [Slug]
    ) {
        self.about = about
        self.question = question
        self.external = external
        self.verdict = verdict
        self.by = by
        decision = ["verdict": .string(verdict.rawValue)]
    }

    var externalJSON: JSONValue? {
        guard !external.isEmpty else { return nil }
        return .object(
            JSONObject(
                external.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key.text, value: $0.value.json) }))
    }

    static func external(_ json: JSONValue?) -> [Slug: ExternalAnswer] {
        var external: [Slug: ExternalAnswer] = [:]
        for member in json?.object?.members ?? [] {
            if let name = Slug(member.name) { external[name] = ExternalAnswer(json: member.value) }
        }
        return external
    }

    /// `{"about", "question", "external", "decision"}`.
    public var json: JSONValue {
        var object = JSONObject()
        object["about"] = .string(about)
        object["question"] = question.inputs
        object["external"] = externalJSON
        object["decision"] = decision
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil where no decision is.
    public init?(json: JSONValue) throws(PolicyQuestionError) {
        guard let about = json["about"]?.string, let question = json["question"], let decision = json["decision"],
            let verdict = decision["verdict"]?.string.flatMap(Decision.Verdict.init(rawValue:))
        else { return nil }
        self.about = about
        self.question = try PolicyQuestion(json: question)
        external = Self.external(json["external"])
        self.verdict = verdict
        self.decision = decision
        let matches = decision["matches"]?.array ?? []
        let decisive = matches.filter { match in
            match["counts"]?.bool == true && match["effect"]?.string.map(Match.Effect.decisive.contains) == true
        }
        by = Set(decisive.compactMap { $0["policy"]?.string.flatMap { Slug($0) } }).sorted()
    }
}

extension ExternalAnswer {
    /// `true`, `{"denied": [...]}` or `{"unavailable": "..."}`.
    public var json: JSONValue {
        switch self {
        case .allowed: true
        case .denied(let reasons): ["denied": .array(reasons.map(JSONValue.string))]
        case .unavailable(let why): ["unavailable": .string(why)]
        }
    }

    init(json: JSONValue) {
        if json.bool == true {
            self = .allowed
        } else if let reasons = json["denied"]?.array {
            self = .denied(reasons: reasons.compactMap(\.string))
        } else {
            self = .unavailable(json["unavailable"]?.string ?? "no answer was recorded")
        }
    }
}

extension Match.Effect {
    /// The names of those that make a verdict.
    static let decisive: Set<String> = [
        "deny", "require_justification", "require_approval", "hold", "failure", "opa",
    ]
}

extension Decision {
    /// The policies in force that denied, held or asked for approval; sorted.
    public var decisive: [Slug] {
        Set(matches.filter { $0.counts && Match.Effect.decisive.contains($0.effect.name) }.map(\.policy)).sorted()
    }
}
