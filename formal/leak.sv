// The leak alone, whose product is too much for a solver beside the other steps. WORK, MEMBRANE, BETA, BETA_BITS, RESET
// (1: zero) and DELAY as in lif_update.sv.
module leak(input signed [`MEMBRANE-1:0] membrane, input fired, fresh);
    wire signed [`WORK-1:0] leaked;
    leak_step dut(.membrane(membrane), .beta({`BETA_BITS + 2{1'b0}}), .fired(fired), .fresh(fresh), .leaked(leaked));

    reg signed [31:0] want;
    always @* begin
        want = (32'(signed'(membrane)) * `BETA) >>> `BETA_BITS;
        if (fresh || (`RESET == 1 && `DELAY && fired)) want = 0;
        assert (leaked == want);
        // It moves towards zero, or one below, and never past the membrane.
        assert (membrane < 0 || (want >= 0 && want <= membrane));
        assert (membrane >= 0 || (want <= 0 && want >= membrane));
    end
endmodule
