import AccessModel
import ControlPlane
import Foundation
import Logging
import StrictJSON
import WebServer

/// The server's log, on standard error: a line an event, as text or as JSON. Nothing secret is ever handed to it.
struct ServerLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let isJSON: Bool

    static func make(_ configuration: ServerConfiguration) -> Logger {
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        return Logger(label: "tenure") { _ in ServerLog(logLevel: level, isJSON: configuration.logsJSON) }
    }

    private init(logLevel: Logger.Level, isJSON: Bool) {
        self.logLevel = logLevel
        self.isJSON = isJSON
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(
        level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String,
        function: String, line: UInt
    ) {
        let own = metadata ?? [:]
        let all = (self.metadata.isEmpty ? own : self.metadata.merging(own) { _, new in new })
            .sorted { $0.key < $1.key }
        let time = Instant(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1_000)).description
        guard isJSON else {
            let details = all.map { " \($0.key)=\(LogText.visible("\($0.value)"))" }.joined()
            return Console.complain("\(time) \(level) \(LogText.visible("\(message)"))\(details)")
        }
        var object = JSONObject()
        object["time"] = .string(time)
        object["level"] = .string(level.rawValue)
        object["message"] = .string(LogText.visible("\(message)"))
        for (key, value) in all { object[key] = .string(LogText.visible("\(value)")) }
        Console.complain(JSONValue.object(object).compactText)
    }
}
