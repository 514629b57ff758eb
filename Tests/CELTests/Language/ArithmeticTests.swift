import CEL
import Testing

@Suite struct ArithmeticTests {
    @Test(arguments: whole + floating + other) func itIsExactOrAnError(_ one: Case) { one.check() }

    static let whole = [Case](
        lines: #"""
            1 + 2 => 3
            1 - 2 => -1
            3 * -4 => -12
            7 / 2 => 3
            -7 / 2 => -3
            7 / -2 => -3
            7 % 3 => 1
            -7 % 3 => -1
            7 % -3 => 1
            1 + 2 * 3 => 7
            (1 + 2) * 3 => 9
            10 - 3 - 2 => 5
            100 / 10 / 5 => 2
            2 * 7 % 4 => 2
            -3 + 5 => 2
            1--1 => 2
            -(-(5)) => 5
            9223372036854775807 + 1 => !overflow
            -9223372036854775808 - 1 => !overflow
            9223372036854775807 * 2 => !overflow
            -9223372036854775808 * -1 => !overflow
            -9223372036854775808 / -1 => !overflow
            -9223372036854775808 % -1 => !overflow
            -(-9223372036854775808) => !overflow
            9223372036854775807 + -1 => 9223372036854775806
            5 / 0 => !division_by_zero
            0 / 0 => !division_by_zero
            5 % 0 => !modulus_by_zero
            1u + 2u => 3u
            3u - 2u => 1u
            2u - 3u => !overflow
            18446744073709551615u + 1u => !overflow
            18446744073709551615u * 2u => !overflow
            7u / 2u => 3u
            7u % 4u => 3u
            7u / 0u => !division_by_zero
            7u % 0u => !modulus_by_zero
            1 + 1u => !no_such_overload
            1u + 1 => !no_such_overload
            1 + 1.0 => !no_such_overload
            1.0 * 2 => !no_such_overload
            7.0 % 2.0 => !no_such_overload
            1 + "1" => !no_such_overload
            true + true => !no_such_overload
            null + null => !no_such_overload
            -"a" => !no_such_overload
            -true => !no_such_overload
            """#)

    static let floating = [Case](
        lines: #"""
            1.5 + 2.25 => 3.75
            1.0 - 0.5 => 0.5
            2.5 * 4.0 => 10.0
            1.0 / 4.0 => 0.25
            1.0 / 0.0 => inf
            -1.0 / 0.0 => -inf
            1.0 / -0.0 => -inf
            0.0 / 0.0 => nan
            1e308 * 10.0 => inf
            -1e308 * 10.0 => -inf
            0.1 + 0.2 => 0.30000000000000004
            -(0.0) => -0.0
            0.0 == -0.0 => true
            5e-324 => 5e-324
            5e-324 / 2.0 => 0.0
            9007199254740992.0 + 1.0 => 9007199254740992.0
            """#)

    static let other = [Case](
        lines: #"""
            "a" + "b" => "ab"
            "" + "" => ""
            b"a" + b"b" => b"6162"
            [1] + [2, 3] => [1, 2, 3]
            [] + [] => []
            ["a"] + [1] => ["a", 1]
            "a" + b"a" => !no_such_overload
            "a" - "a" => !no_such_overload
            [1] - [1] => !no_such_overload
            {"a": 1} + {"b": 2} => !no_such_overload
            duration("1s") + duration("2s") => duration(3s)
            duration("1s") - duration("2.5s") => duration(-1.5s)
            timestamp("2024-02-28T23:00:00Z") + duration("2h") => timestamp(2024-02-29T01:00:00Z)
            duration("24h") + timestamp("2023-12-31T00:00:00Z") => timestamp(2024-01-01T00:00:00Z)
            timestamp("2024-01-01T00:00:00Z") - duration("1s") => timestamp(2023-12-31T23:59:59Z)
            timestamp("2024-01-01T00:00:10Z") - timestamp("2024-01-01T00:00:00Z") => duration(10s)
            timestamp("9999-12-31T23:59:59Z") + duration("1s") => !overflow
            timestamp("0001-01-01T00:00:00Z") - duration("1ns") => !overflow
            timestamp("9999-12-31T23:59:59Z") - timestamp("0001-01-01T00:00:00Z") => !overflow
            duration("9223372036s") + duration("9223372036s") => !overflow
            duration("1s") - timestamp("2024-01-01T00:00:00Z") => !no_such_overload
            timestamp("2024-01-01T00:00:00Z") + timestamp("2024-01-01T00:00:00Z") => !no_such_overload
            duration("1s") * 2 => !no_such_overload
            timestamp("2024-01-01T00:00:00Z") + 1 => !no_such_overload
            """#)
}
