select *
from (select avg(ss_list_price) b1_lp, count(ss_list_price) b1_cnt, count(distinct ss_list_price) b1_cntd
      from store_sales
      where ss_quantity between 0 and 5 and (ss_list_price between 8 and 8 + 10
          or ss_coupon_amt between 459 and 459 + 1000 or ss_wholesale_cost between 57 and 57 + 20)) b1,
     (select avg(ss_list_price) b2_lp, count(ss_list_price) b2_cnt, count(distinct ss_list_price) b2_cntd
      from store_sales
      where ss_quantity between 6 and 10 and (ss_list_price between 90 and 90 + 10
          or ss_coupon_amt between 2323 and 2323 + 1000 or ss_wholesale_cost between 31 and 31 + 20)) b2
limit 100
