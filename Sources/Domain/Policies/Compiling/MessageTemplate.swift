import CEL
import Definitions
import StrictJSON

/// A message with attributes in it: `{group.tenant}`. Two braces stand for one.
struct MessageTemplate: Sendable {
    private enum Part: Sendable {
        case text(String)
        case attribute([String])
    }

    /// Something that stands in braces and is no attribute.
    struct Problem: Error {
        /// In code points, counted from 0.
        let offset: Int
        let message: String
    }

    private let parts: [Part]

    init(_ source: String) throws(Problem) {
        var parts: [Part] = []
        var text = ""
        let scalars = Array(source.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "{" || scalar == "}", index + 1 < scalars.count, scalars[index + 1] == scalar {
                text.unicodeScalars.append(scalar)
                index += 2
            } else if scalar == "{" {
                guard let close = scalars[index...].firstIndex(of: "}") else {
                    throw Problem(offset: index, message: "this brace is not closed; write `{{` for a brace")
                }
                let path = String(String.UnicodeScalarView(scalars[(index + 1)..<close]))
                try Self.check(path, at: index + 1)
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.attribute(path.split(separator: ".").map(String.init)))
                index = close + 1
            } else {
                text.unicodeScalars.append(scalar)
                index += 1
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        self.parts = parts
    }

    private static func check(_ path: String, at offset: Int) throws(Problem) {
        guard !PolicyAttributes.paths.contains(path) else { return }
        let hint = NearestName.suggestion(for: path, among: PolicyAttributes.paths)
        throw Problem(
            offset: offset,
            message: "`\(path)` is no attribute that a message can show\(hint); write `{{` for a brace")
    }

    /// The roots of the attributes that it shows.
    var paths: [[String]] {
        parts.compactMap { if case .attribute(let path) = $0 { path } else { nil } }
    }

    func text(_ activation: CELActivation) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .attribute(let path): Self.text(PolicyQuestion(.change, activation: activation).value(path))
            }
        }.joined()
    }

    private static func text(_ value: CELValue?) -> String {
        switch value {
        case .string(let text)?: text.text
        case .list(let items)?: items.map { text($0) }.joined(separator: ", ")
        case .duration(let duration)?: duration.span.description
        case let value?:
            switch PolicyQuestion.json(value) {
            case .string(let text): text
            case let json: json.compactText
            }
        case nil: ""
        }
    }
}
