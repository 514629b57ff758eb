import AccessModel
import ConnectorKit
import Foundation
import SCIMConnector
import StrictJSON
import TestSupport

extension SCIMServer {
    func configuration(_ settings: JSONValue? = nil, token: String = SCIMServer.token) throws -> ConnectorConfiguration
    {
        try scimConfiguration(settings ?? ["url": .string(url), "page_size": 20], token: token)
    }
}

func scimConfiguration(_ settings: JSONValue, token: String = SCIMServer.token) throws -> ConnectorConfiguration {
    guard let target = Slug("saas"), let organization = Slug("mountainlab") else {
        throw CocoaError(.coderInvalidValue)
    }
    return ConnectorConfiguration(
        target: target, settings: settings, credential: SecretText(token), baseDirectory: "/nowhere",
        organization: organization, clock: { Instant(milliseconds: 1_763_712_000_000) })
}
