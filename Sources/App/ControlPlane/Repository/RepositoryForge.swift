import AccessModel
import ConnectorKit
import Forges

/// The forge of the organisation's repository: where its pull requests are.
public struct RepositoryForge: Sendable {
    public let place: ForgePlace
    public let client: any Forge

    public init(
        _ place: ForgePlace, token: SecretText, clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) {
        self.place = place
        client = try place.connect(token: token, clock: clock)
    }

    /// `owner/name`
    var project: String { place.project }
}
