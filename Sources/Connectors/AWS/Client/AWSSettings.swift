import AccessModel
import ConnectorKit

/// What all targets in AWS are set to: where they are and who asks.
struct AWSSettings: Sendable {
    let region: AWSRegion
    let addresses: [AWSService: String]
    let profile: String
    let role: String?
    let externalID: String?
    let timeout: Span

    static let required = [SettingsSchema.Required("region", example: "eu-west-1")]
    static let optional = ["endpoint", "endpoints", "profile", "role_arn", "external_id", "timeout"]

    init(_ settings: inout SettingsReader) throws(ConnectorError) {
        let name = try settings.string("region")
        guard let region = AWSRegion(name) else {
            throw settings.error(
                "the setting `region` is `\(name)`; it must be one such as `eu-west-1`", about: "region")
        }
        self.region = region
        var addresses: [AWSService: String] = [:]
        if let address = try settings.optionalString("endpoint") {
            try Self.check(address, "endpoint", settings)
            for service in AWSService.allCases { addresses[service] = address }
        }
        if var section = try settings.nested("endpoints") {
            for service in AWSService.allCases {
                guard let address = try section.optionalString(service.rawValue) else { continue }
                try Self.check(address, "endpoints", settings)
                addresses[service] = address
            }
            try section.finish()
        }
        self.addresses = addresses
        profile = try settings.optionalString("profile") ?? "default"
        role = try settings.optionalString("role_arn")
        externalID = try settings.optionalString("external_id")
        timeout = try settings.span("timeout", default: .seconds(60))
        guard role.map({ ARN($0)?.service == "iam" }) ?? true else {
            throw settings.error("the setting `role_arn` is no ARN of a role", about: "role_arn")
        }
    }

    private static func check(_ address: String, _ name: String, _ settings: SettingsReader) throws(ConnectorError) {
        do throws(ConnectorError) {
            try HTTPSession.Configuration.check(url: address)
        } catch {
            throw settings.error("the setting `\(name)` is not usable: \(error.message)", about: name)
        }
    }

    func address(of service: AWSService) -> String { addresses[service] ?? region.address(of: service) }
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
struct ARN: Hashable, Sendable {
    let partition: String
    let service: String
    let account: String
    /// May have colons.
    let resource: String

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, !parts[2].isEmpty, !parts[5].isEmpty,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        (partition, service, account, resource) = (parts[1], parts[2], parts[4], parts[5])
    }
}

/// An account's number: twelve digits.
enum AccountNumber {
    static func isValid(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }
}
