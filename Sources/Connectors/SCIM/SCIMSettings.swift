import AccessModel
import ConnectorKit

/// A target's settings, checked.
struct SCIMSettings {
    let url: String
    let pageSize: Int
    let timeout: Span
    let authorities: String?
    let token: SecretText

    init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        var settings = try SettingsReader(configuration)
        url = try settings.string("url")
        pageSize = try settings.integer("page_size", in: 1...10_000, default: 100)
        timeout = try settings.span("timeout", default: .seconds(60))
        authorities = try settings.optionalString("ca_file")
        try settings.finish()
        do throws(ConnectorError) {
            try HTTPSession.Configuration.check(url: url)
        } catch {
            throw settings.error("the setting `url` is not usable: \(error.message)", about: "url")
        }
        guard let credential = configuration.credential, !credential.isEmpty else {
            throw settings.error("the target has no credential; `credential` must lead to the service's bearer token")
        }
        guard credential.reveal().utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw settings.error("the bearer token has a character that no header can carry")
        }
        token = credential
    }
}
