// Stands inside a lane, against a sum without bounds. INPUTS: of the layer, each as often as a weight can weigh it. The
// schedule adds each input of a timestep at most once a bit of the weights, and doubles between the bits, so a group's
// counts add up to at most INPUTS; everything else may come in any order.
reg [31:0] true_met = 0, true_sum = 0, true_total = 0;
wire [31:0] true_next = (doubles ? 2 * true_sum : true_sum) + true_met;
always @(posedge clock) begin
    if (enable) true_met <= count;
    if (take) begin
        true_sum <= 0;
        true_total <= true_sum;
    end else begin
        if (accumulate) true_sum <= true_next;
        if (shift) true_total <= next_lane;
    end
end
always @* assume (count <= `INPUTS);
always @* if (accumulate && !take) assume (true_next <= `INPUTS);
always @* begin
    assert (true_sum <= `INPUTS && true_met <= `INPUTS);
    assert (met == true_met);
    assert (sum == true_sum);
    assert (total == true_total);
end
