import ConnectorKit
import StrictJSON

extension ConnectorError {
    static func strangeAnswer(_ operation: String) -> ConnectorError {
        ConnectorError(
            code: .targetFailure, operation: operation, message: "the forge's answer is not what it should be")
    }
}

extension JSONValue {
    /// Nil for what is not JSON.
    static func parsed(_ bytes: [UInt8]) -> JSONValue? {
        do throws(JSONError) {
            return try JSONParser.parse(bytes)
        } catch {
            return nil
        }
    }
}
