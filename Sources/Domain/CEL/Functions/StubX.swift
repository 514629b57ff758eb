extension CELTimestamp: CustomStringConvertible { public var description: String { "ts" } }
extension CELDuration: CustomStringConvertible { public var description: String { "dur" } }
extension Conversion {
    static func timestamp(_ value: CELValue) throws(CELError) -> CELValue { value }
    static func duration(_ value: CELValue) throws(CELError) -> CELValue { value }
}
extension Library {
    static let texts: Table = [:]
    static let memberTexts: Table = ["size": [1: .one(Conversion.size)]]
    static let times: Table = [:]
}
