import AccessModel
import ConnectorKit
import Definitions
import Foundation

extension ServerConfiguration {
    /// What is wrong between settings, and with what they refer to.
    func findings(_ environment: [String: String]) -> [Diagnostic] {
        tlsFindings + listenFindings + signInFindings + dataKeyFindings + fileFindings + forgeFindings
            + secretFindings(environment)
    }

    func finding(
        _ code: String, _ setting: Setting, _ message: String, severity: Diagnostic.Severity = .error
    ) -> Diagnostic {
        Diagnostic(severity: severity, code: code, place: self[setting].source.place, message: message)
    }

    private var tlsFindings: [Diagnostic] {
        var found: [Diagnostic] = []
        if (certificate == nil) != (certificateKey == nil) {
            found.append(
                finding(
                    "incomplete-tls", certificate == nil ? .key : .certificate,
                    "`tls.certificate` and `tls.key` are given together, or neither"))
        }
        guard clientCertificates != .off else { return found }
        if certificate == nil {
            found.append(
                finding(
                    "incomplete-tls", .clientCertificates, "clients show certificates over TLS; give `tls.certificate`")
            )
        }
        if clientAuthorities == nil {
            found.append(
                finding(
                    "incomplete-tls", .clientCertificates, "`tls.client_ca` says whose certificates are taken; give it")
            )
        }
        return found
    }

    private var dataKeyFindings: [Diagnostic] {
        guard self[.dataKey].content == nil, self[.oldDataKeys].content != nil else { return [] }
        return [finding("incomplete-data-key", .oldDataKeys, "`data_key.previous` needs `data_key.current`")]
    }

    private var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(address) }

    private var listenFindings: [Diagnostic] {
        guard !isLoopback, certificate == nil, !flag(.plain) else { return [] }
        return [
            finding(
                "plain-http", .address,
                "passwords and tokens would go over `\(address)` in clear; give `tls.certificate` and `tls.key`, or "
                    + "`listen.plain: true` where something in front of it ends TLS")
        ]
    }

    private var signInFindings: [Diagnostic] {
        var found: [Diagnostic] = []
        if issuer != nil, clientID == nil {
            found.append(finding("incomplete-oidc", .issuer, "`oidc.issuer` needs `oidc.client_id`"))
        }
        if issuer == nil,
            let setting = [Setting.clientID, .clientSecret, .audience].first(where: { self[$0].content != nil })
        {
            found.append(finding("incomplete-oidc", setting, "`\(setting.name)` says nothing without `oidc.issuer`"))
        }
        if issuer != nil, publicURL == nil {
            found.append(
                finding(
                    "no-public-url", .issuer, "without `public_url` people can sign in from this machine alone",
                    severity: .warning))
        }
        return found
    }

    private var fileFindings: [Diagnostic] {
        var found: [Diagnostic] = []
        for setting in [Setting.certificate, .key, .clientAuthorities, .signers] {
            guard let path = path(setting), !FileManager.default.isReadableFile(atPath: path) else { continue }
            found.append(finding("missing-file", setting, "`\(path)` is not there, or not readable"))
        }
        if case .folder(let folder)? = definitions {
            var isFolder: ObjCBool = false
            if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) || !isFolder.boolValue {
                found.append(finding("missing-file", .definitions, "`\(folder)` is no folder"))
            }
        }
        return found
    }

    private func secretFindings(_ environment: [String: String]) -> [Diagnostic] {
        var found: [Diagnostic] = []
        func check(_ setting: Setting, _ body: () throws(ConnectorError) -> Void) {
            do throws(ConnectorError) {
                try body()
            } catch {
                found.append(finding("bad-secret", setting, error.message))
            }
        }
        check(.clientSecret) { () throws(ConnectorError) in _ = try clientSecret(environment) }
        check(.dataKey) { () throws(ConnectorError) in _ = try dataKeys(environment) }
        check(.hrSecrets) { () throws(ConnectorError) in _ = try hrVerifier(environment) }
        check(.forgeToken) { () throws(ConnectorError) in _ = try forgeToken(environment) }
        check(.hookSecret) { () throws(ConnectorError) in _ = try secrets(.hookSecret, environment) }
        check(.state) { () throws(ConnectorError) in _ = try stateFolder(environment) }
        return found
    }
}
