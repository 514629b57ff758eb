import AccessModel
import CEL
import Definitions
import StrictJSON

/// Many decided questions of one plan in few bytes: what several of them see alike, a person, a group, the plan, is
/// written once. Nothing of a question is lost; of a decision its verdict and the policies that made it are kept.
///
/// `{"shared": [{...}, ...], "each": [{"about", "verdict", "by"?, "external"?, "question": {"on", "subject": 3, ...}}]}`, where a
/// number in a question stands for the record of that place in `shared`.
struct SharedQuestions {
    private var places: [[UInt8]: Int] = [:]
    private var shared: [JSONValue] = []
    private var each: [JSONValue] = []

    /// Nil where there are none.
    static func json(_ decisions: some Sequence<DecidedQuestion>) -> JSONValue? {
        var written = SharedQuestions()
        for decision in decisions { written.add(decision) }
        guard !written.each.isEmpty else { return nil }
        return ["shared": .array(written.shared), "each": .array(written.each)]
    }

    private mutating func add(_ decided: DecidedQuestion) {
        var question = decided.question.inputs.object ?? JSONObject()
        for member in question.members {
            guard case .object = member.value else { continue }
            question[member.name] = .integer(Int64(place(of: member.value)))
        }
        var entry = JSONObject()
        entry["about"] = .string(decided.about)
        entry["verdict"] = .string(decided.verdict.rawValue)
        if !decided.by.isEmpty { entry["by"] = .array(decided.by.map { .string($0.text) }) }
        entry["external"] = decided.externalJSON
        entry["question"] = .object(question)
        each.append(.object(entry))
    }

    private mutating func place(of record: JSONValue) -> Int {
        let bytes = record.canonicalBytes
        if let place = places[bytes] { return place }
        places[bytes] = shared.count
        shared.append(record)
        return shared.count - 1
    }

    /// One of them, as it is read back.
    static func read(_ entry: JSONValue, shared: [JSONValue]) throws(PolicyQuestionError) -> DecidedQuestion {
        guard let about = entry["about"]?.string, var question = entry["question"]?.object,
            let verdict = entry["verdict"]?.string.flatMap(Decision.Verdict.init(rawValue:))
        else { throw PolicyQuestionError(message: "it is no question with its verdict") }
        for member in question.members {
            let isRecord = PolicyAttributes.Root.allCases.contains { $0.name == member.name && $0.record != nil }
            guard isRecord, let place = member.value.integer else { continue }
            guard shared.indices.contains(Int(clamping: place)) else {
                throw PolicyQuestionError(message: "`\(member.name)` stands for a record that is not there")
            }
            question[member.name] = shared[Int(clamping: place)]
        }
        return DecidedQuestion(
            about: about, question: try PolicyQuestion(json: .object(question)),
            external: DecidedQuestion.external(entry["external"]), verdict: verdict,
            by: (entry["by"]?.array ?? []).compactMap { $0.string.flatMap { Slug($0) } })
    }
}
