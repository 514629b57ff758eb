import HTTPTypes

/// All that a server answers: finds the route of a request, and says what is wrong where there is none.
public struct RouteTable: Sendable {
    /// Routes below one path that answer what is wrong in one way.
    public struct Branch: Sendable {
        public let routes: [Route]
        /// Nil for problem documents.
        public let render: (@Sendable (Problem, WebRequest) -> WebResponse)?

        public init(_ routes: [Route], render: (@Sendable (Problem, WebRequest) -> WebResponse)? = nil) {
            self.routes = routes
            self.render = render
        }
    }

    /// What answers a request, or why nothing does.
    public struct Match: Sendable {
        let route: Result<Route, Problem>
        let parameters: [String: String]
        let render: (@Sendable (Problem, WebRequest) -> WebResponse)?

        /// Of the route that answers; nil where none does.
        var found: Route? {
            switch route {
            case .success(let route): route
            case .failure: nil
            }
        }

        /// Bytes that may be read of its body.
        public var bodyLimit: Int {
            switch route {
            case .success(let route): route.bodyLimit
            case .failure: 0
            }
        }
    }

    private struct Node {
        var fixed: [String: Node] = [:]
        /// One name a place: two routes that differ in it alone would be one.
        var named: [Node] = []
        var routes: [HTTPRequest.Method: (route: Route, branch: Int)] = [:]
    }

    private let root: Node
    private let branches: [Branch]
    public let routes: [Route]

    public init(_ branches: [Branch]) {
        self.branches = branches
        routes = branches.flatMap(\.routes)
        var root = Node()
        for (index, branch) in branches.enumerated() {
            for route in branch.routes { Self.insert(route, index, route.pattern.segments[...], into: &root) }
        }
        self.root = root
    }

    private static func insert(
        _ route: Route, _ branch: Int, _ rest: ArraySlice<RoutePattern.Segment>, into node: inout Node
    ) {
        switch rest.first {
        case .fixed(let text): insert(route, branch, rest.dropFirst(), into: &node.fixed[text, default: Node()])
        case .named:
            if node.named.isEmpty { node.named.append(Node()) }
            insert(route, branch, rest.dropFirst(), into: &node.named[0])
        case nil: node.routes[route.method] = (route, branch)
        }
    }

    /// A fixed segment is preferred to a named one.
    public func match(_ method: HTTPRequest.Method, _ path: [String]) -> Match {
        guard let node = Self.find(path[...], in: root) else {
            return Match(
                route: .failure(.notFound("there is nothing at this address")), parameters: [:],
                render: branch(above: path)?.render)
        }
        let found = node.routes[method] ?? (method == .head ? node.routes[.get] : nil)
        guard let found else {
            let methods = node.routes.keys.map(\.rawValue).sorted() + (node.routes[.get] == nil ? [] : ["HEAD"])
            let branch = node.routes.values.first.map { branches[$0.branch] }
            return Match(
                route: .failure(
                    Problem(
                        .methodNotAllowed, "method-not-allowed", "it takes \(methods.joined(separator: ", "))",
                        headers: [.allow: methods.joined(separator: ", ")])),
                parameters: [:], render: branch?.render)
        }
        var parameters: [String: String] = [:]
        for (segment, value) in zip(found.route.pattern.segments, path) {
            if case .named(let name) = segment { parameters[name] = value }
        }
        return Match(route: .success(found.route), parameters: parameters, render: branches[found.branch].render)
    }

    private static func find(_ rest: ArraySlice<String>, in node: Node) -> Node? {
        guard let first = rest.first else { return node.routes.isEmpty ? nil : node }
        if let next = node.fixed[first], let found = find(rest.dropFirst(), in: next) { return found }
        return node.named.first.flatMap { find(rest.dropFirst(), in: $0) }
    }

    /// The branch whose routes begin as a path does: its way of saying no is what whoever asks there understands.
    private func branch(above path: [String]) -> Branch? {
        guard let first = path.first else { return nil }
        return branches.first { branch in
            branch.render != nil && branch.routes.contains { $0.pattern.segments.first == .fixed(first) }
        }
    }

    /// Answers a request; what a handler throws becomes a problem.
    ///
    /// - Parameter unexpected: Told of errors that are no problems; of them whoever asked hears the correlation alone.
    public func respond(
        to request: WebRequest, _ match: Match, unexpected: @Sendable (any Error) -> Void
    ) async -> WebResponse {
        var request = request
        request.parameters = match.parameters
        do {
            return try await match.route.get().handler(request)
        } catch {
            return say(error, request, match, unexpected)
        }
    }

    /// What is said to a request before its body is read; nil where its route lets it in.
    func refusal(
        of request: WebRequest, _ match: Match, unexpected: @Sendable (any Error) -> Void
    ) async -> WebResponse? {
        guard case .success(let route) = match.route, let gate = route.gate else { return nil }
        var request = request
        request.parameters = match.parameters
        do {
            return try await gate(request)
        } catch {
            return say(error, request, match, unexpected)
        }
    }

    private func say(
        _ error: any Error, _ request: WebRequest, _ match: Match, _ unexpected: @Sendable (any Error) -> Void
    ) -> WebResponse {
        let problem = error as? Problem ?? .unexpected
        if !(error is Problem) { unexpected(error) }
        return match.render?(problem, request) ?? problem.response(request.correlation)
    }

    /// Says no to a request whose body cannot be had; where its address is wrong already, that it is.
    func refuse(_ request: WebRequest, _ match: Match, _ problem: Problem) -> WebResponse {
        var problem = problem
        if case .failure(let other) = match.route { problem = other }
        return match.render?(problem, request) ?? problem.response(request.correlation)
    }

    /// Finds and answers.
    public func respond(
        to request: WebRequest, unexpected: @Sendable (any Error) -> Void = { _ in }
    ) async -> WebResponse {
        let found = match(request.method, request.path)
        if !request.body.isEmpty, let refusal = await refusal(of: request, found, unexpected: unexpected) {
            return refusal
        }
        if request.body.count > found.bodyLimit, case .success = found.route {
            let problem = Problem.tooLarge(found.bodyLimit)
            return found.render?(problem, request) ?? problem.response(request.correlation)
        }
        return await respond(to: request, found, unexpected: unexpected)
    }
}

extension Problem {
    static let unexpected = Problem(
        .internalServerError, "internal", "something went wrong here; the log says what, under the request's id")

    static func tooLarge(_ limit: Int) -> Problem {
        Problem(.contentTooLarge, "too-large", "the body may have \(limit) bytes")
    }
}
