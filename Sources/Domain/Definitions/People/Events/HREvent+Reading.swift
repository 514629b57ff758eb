import AccessModel
import StrictJSON

extension HREvent {
    /// Bytes that an event may have.
    public static let maximumSize = 64 << 10

    /// Reads an event in CloudEvents' JSON format, structured mode. All problems are found in one go; an event with
    /// any of them changes nothing.
    public static func read(_ bytes: [UInt8], rules: FeedRules) throws(HREventError) -> HREvent {
        guard bytes.count <= maximumSize else {
            let message = "\(bytes.count) bytes are too many; at most \(maximumSize) are taken"
            throw HREventError(problems: [FeedProblem(code: "event-too-large", message: message)])
        }
        do {
            return try read(try JSONParser.parse(bytes), text: bytes, rules: rules)
        } catch let error as JSONError {
            let problem = FeedProblem(
                code: "invalid-json", line: error.line, column: error.column, message: error.message)
            throw HREventError(problems: [problem])
        } catch let error as HREventError {
            throw error
        } catch {
            throw HREventError(problems: [FeedProblem(code: "invalid-event", message: "\(error)")])
        }
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSONValue) {
        let rules = FeedRules(domains: nil, importedAt: Instant(milliseconds: 0))
        var reader = HREventReader(locator: JSONLocator([]), rules: rules)
        guard let event = reader.read(json) else { return nil }
        self = event
    }

    private static func read(_ value: JSONValue, text: [UInt8], rules: FeedRules) throws(HREventError) -> HREvent {
        var reader = HREventReader(locator: JSONLocator(text), rules: rules)
        guard let event = reader.read(value) else { throw HREventError(problems: reader.problems.sorted) }
        return event
    }
}
