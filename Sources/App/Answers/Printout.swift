import StrictJSON

/// What a command says, and how it ends: a value that this machine prints, or a server answers with. Text and JSON are made
/// when they are asked for, and only the one that is.
public struct Printout: Sendable {
    /// What is said beside the result.
    public enum Remark: Hashable, Sendable {
        /// What was done, what comes next. Nobody reads it under `-o json`.
        case note(String)
        /// What went wrong, or may; always shown.
        case complaint(String)
    }

    private let makeText: @Sendable (Ink) -> String?
    private let makeJSON: @Sendable () -> JSONValue?
    private let makeRemarks: @Sendable (Ink) -> [Remark]
    /// Where there is a form for documents.
    public var markdown: (@Sendable () -> String)?
    /// As it is, in whatever format is asked for: a file that others verify byte by byte.
    public private(set) var isVerbatim = false
    public var status: ExitStatus

    /// - Parameters:
    ///   - text: Without a line feed at its end; nil prints nothing.
    ///   - json: Nil prints nothing.
    public init(
        status: ExitStatus = .done, text: @escaping @Sendable (Ink) -> String?,
        json: @escaping @Sendable () -> JSONValue?, remarks: @escaping @Sendable (Ink) -> [Remark] = { _ in [] }
    ) {
        makeText = text
        makeJSON = json
        makeRemarks = remarks
        self.status = status
    }

    /// What is the same in every format.
    public static func verbatim(_ text: String) -> Printout {
        var printout = Printout(text: { _ in text }, json: { nil })
        printout.isVerbatim = true
        return printout
    }

    public func text(_ ink: Ink) -> String? { makeText(ink) }

    public var json: JSONValue? { makeJSON() }

    public func remarks(_ ink: Ink) -> [Remark] { makeRemarks(ink) }
}

extension Printout.Remark {
    public var text: String {
        switch self {
        case .note(let text), .complaint(let text): text
        }
    }
}
