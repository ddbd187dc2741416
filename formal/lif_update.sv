// The steps of the LIF pipeline in a row, behind the leak (leak.sv, which also gives its range), against the definition
// of a network in 32 bits.
// WORK, MEMBRANE, COUNT, INPUTS, FRACTION, RESET (0 none, 1 zero, 2 subtract, 3 subtract ahead), DELAY and AT are given
// by the test, from the same arch that the blocks were emitted for.
module lif_update(
    input [`COUNT-1:0] count, input_count,
    input signed [`MEMBRANE-1:0] kept, stored,
    input signed [`WORK-1:0] threshold, bias,
    input fired, fresh
);
    wire signed [`COUNT:0] current;
    wire signed [`WORK-1:0] leaked = kept;
    wire signed [`WORK-1:0] drive;
    wire signed [`MEMBRANE-1:0] saturated, membrane_next;
    wire fires, lowers;
    wire late = lowers && !fresh;
    wire signed [`WORK-1:0] integrated = leaked + drive;

    current_step current_step(.count(count), .input_count(input_count), .current(current));
    drive_step drive_step(.current(current), .bias(bias), .drive(drive));
    ahead_step ahead_step(.membrane(stored), .threshold(threshold), .fired(fired), .lowers(lowers));
    // In the first timestep nothing is lowered.
    saturate_step saturate_step(.integrated(integrated), .threshold(threshold), .fired(late), .membrane(saturated));
    fire_step fire_step(.membrane(saturated), .threshold(threshold), .lowered(late), .fires(fires), .membrane_next(membrane_next));

    localparam signed [31:0] MOST = (32'sd1 <<< (`MEMBRANE - 1)) - 1, LEAST = -MOST - 1;
    reg signed [31:0] want_current, want_integrated, want, want_next;
    reg want_fires, want_late;
    always @* begin
        want_late = fired;
        if (`RESET == 3) want_late = `AT ? stored >= threshold : stored > threshold;
        if (fresh) want_late = 0;
        want_current = 2 * $signed({1'b0, count}) - $signed({1'b0, input_count});
        want_integrated = kept + (want_current <<< `FRACTION) + bias;
        want = want_integrated;
        if ((`RESET == 2 && `DELAY || `RESET == 3) && want_late) want = want - threshold;
        if (want > MOST) want = MOST;
        if (want < LEAST) want = LEAST;
        want_fires = `AT ? want >= threshold : want > threshold;
        want_next = want;
        if (want_fires && !`DELAY && `RESET == 1) want_next = 0;
        if (want_fires && !`DELAY && `RESET == 2) want_next = want - threshold;
        // What was taken in vain is given back, what was not taken is taken.
        if (want_fires && `RESET == 3 && !want_late) want_next = want - threshold;
        if (!want_fires && `RESET == 3 && want_late) want_next = want + threshold > MOST ? MOST : want + threshold;
    end

    // What the image may hold, and what a crossbar can count.
    always @* begin
        assume (input_count <= `INPUTS && count <= input_count);
        assume (threshold >= 0 && threshold <= MOST);
        assume (bias >= LEAST && bias <= MOST);
    end
    always @* begin
        assert (current == want_current);
        assert (integrated == want_integrated);
        assert (saturated == want);
        assert (fires == want_fires);
        assert (membrane_next == want_next);
    end
endmodule
