import Testing

@testable import SignIn

@Suite struct ErrorTests {}
