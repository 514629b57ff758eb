import AccessModel
import HTTPTypes
import StrictJSON
import WebServer

/// `POST /hooks/git`: a forge says that something was pushed, or that a pull request is there.
///
/// Nothing that it says is relied upon: it only makes the follower look at once, at the repository and the forge that are
/// configured. So one that is sent again, late or out of order costs a look and changes nothing.
public struct GitHookRoutes: Sendable {
    /// A larger one is refused, and the repository is looked at when its time has come.
    private static let bodyLimit = 4 << 20

    private let hook: ForgeHook
    private let now: @Sendable () -> Instant
    private let bell: WorkBell

    public init(_ hook: ForgeHook, now: @escaping @Sendable () -> Instant, bell: WorkBell) {
        self.hook = hook
        self.now = now
        self.bell = bell
    }

    public var routes: [Route] {
        [Route(.post, "/hooks/git", bodyLimit: Self.bodyLimit) { request in try answer(request) }]
    }

    private static let waking: Set<String> = ["push", "pull_request", "Push Hook", "Merge Request Hook"]

    private func answer(_ request: WebRequest) throws(Problem) -> WebResponse {
        do throws(ForgeHook.Refusal) {
            try hook.verify(request, at: now())
        } catch {
            let detail =
                error == .old
                ? "it was signed more than five minutes from now" : "it is not signed with a secret that is known here"
            throw Problem(
                .unauthorized, "webhook-not-believed", detail,
                headers: [.wwwAuthenticate: "Webhook realm=\"tenure\""])
        }
        let event = request.field("x-github-event") ?? request.field("x-gitlab-event") ?? ""
        guard Self.waking.contains(event) else { return WebResponse(.noContent) }
        bell.ring()
        return .json(["status": "looking"], .accepted)
    }
}
