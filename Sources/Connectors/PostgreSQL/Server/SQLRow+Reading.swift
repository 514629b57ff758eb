import ConnectorKit
import PostgreSQLDriver

/// A read of the wrong type is an error, never a guess.
extension SQLRow {
    func integer(_ column: Int) throws(ConnectorError) -> Int64 {
        guard values.indices.contains(column), case .integer(let value) = values[column] else {
            throw mismatch(column)
        }
        return value
    }

    func text(_ column: Int) throws(ConnectorError) -> String {
        guard let text = try optionalText(column) else { throw mismatch(column) }
        return text
    }

    func optionalText(_ column: Int) throws(ConnectorError) -> String? {
        guard values.indices.contains(column) else { throw mismatch(column) }
        switch values[column] {
        case .text(let value): return value
        case .null: return nil
        default: throw mismatch(column)
        }
    }

    func bool(_ column: Int) throws(ConnectorError) -> Bool { try integer(column) != 0 }

    private func mismatch(_ column: Int) -> ConnectorError {
        ConnectorError(
            code: .targetFailure, operation: "read column \(column)", message: "the server answered with another type")
    }
}
