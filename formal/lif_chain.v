// The steps of the LIF pipeline in a row, without the registers between them. COUNT, WORK, MEMBRANE, BETA_BITS: widths.
module lif_chain(
    input [`COUNT-1:0] count, input_count,
    input [`MEMBRANE-1:0] membrane,
    input [`WORK-1:0] threshold, bias,
    input fired, fresh,
    output fires,
    output [`MEMBRANE-1:0] membrane_next
);
    wire [`COUNT:0] current;
    wire lowers;
    wire late = lowers && !fresh;
    wire [`WORK-1:0] leaked, drive;
    wire [`MEMBRANE-1:0] saturated;
    current_step current_step(.count(count), .input_count(input_count), .current(current));
    leak_step leak_step(.membrane(membrane), .beta({`BETA_BITS + 2{1'b0}}), .fired(fired), .fresh(fresh), .leaked(leaked));
    drive_step drive_step(.current(current), .bias(bias), .drive(drive));
    ahead_step ahead_step(.membrane(membrane), .threshold(threshold), .fired(fired), .lowers(lowers));
    saturate_step saturate_step(.integrated(leaked + drive), .threshold(threshold), .fired(late), .membrane(saturated));
    fire_step fire_step(.membrane(saturated), .threshold(threshold), .lowered(late), .fires(fires), .membrane_next(membrane_next));
endmodule
